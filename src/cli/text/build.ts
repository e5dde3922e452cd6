import { example } from "../text.ts";

/** Words of `datapy build`. */
export const buildText = {
  brief: "Compile jobs to one program",
  full: example(
    "The program holds Deno, the jobs, DuckDB and most of this command line; it needs nothing else to run. It takes its " +
      "settings as a job does, from --context or DATAPY_CONTEXT and from the environment; the context files that the jobs " +
      "name are parts of it, for what nobody gives. Without JOB: all jobs that `datapy jobs` lists. DATAPY_DENO names " +
      "another Deno to compile with.",
    "datapy build jobs/orders.ts --out dist/orders",
  ),
  job: "Job files, or folders of them",
  out: "The program's file",
  target: "The platform it is for; by default this one",
  include: "A file or folder that jobs read, to be a part of the program; may be repeated",
  allowWrite:
    "Folders in which jobs may write, separated by commas, from the folder in which the program is started",
  notThere: (path: string, hint: string) => `Cannot build ${path}: there is no such file or folder${hint}`,
  none: (where: string) => `Cannot build: there is no job in ${where}`,
  sameName: (name: string, files: readonly string[]) =>
    `Cannot build: ${files.join(" and ")} would both be called "${name}"`,
  failed: (out: string, why: string) =>
    `Cannot build ${out}: ${why}${
      why.includes("Setting up base binary")
        ? "\nDENORT_BIN names a file of that runtime, of the same version as the Deno that compiles; DATAPY_DENO another Deno"
        : ""
    }`,
  secret: (path: string, key: string) =>
    `Cannot build: ${path} holds a secret (${key}), which everybody could read who has the program; ` +
    'write "${env:NAME}" or "${file:/path}" there',
  twoLibraries: (out: string, copies: readonly string[]) =>
    `Cannot build ${out}: the jobs import another copy of the library than the command line's own ` +
    `(${copies.join(" and ")}); build with the command line of the library that they import`,
  doesNotStart: (out: string, code: number, why: string) =>
    `Cannot build ${out}: what was compiled does not start (exit code ${code})${
      why === "" ? "" : `: ${why}`
    }`,
  reading: "Reading what the jobs import",
  compiling: "Compiling",
  trying: "Starting the program",
  done: (out: string, bytes: number, names: readonly string[]) =>
    `${out}: ${Math.round(bytes / 1e6)} MB with ${names.join(", ")}`,
} as const;
