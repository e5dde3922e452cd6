/**
 * Makes each mistake of mutants.ts in a copy of the sources and runs the narrowest tests: those of tests/unit/consume, and
 * the simulation on fixed seeds. Prints which of them noticed it. Exits with 1 where a mistake escapes, does not compile,
 * or does not apply any more. `deno task mutants [WORD]`: only those whose name or file holds a word.
 */
import { join } from "node:path";
import { type Mutant, MUTANTS } from "./mutants.ts";

const ROOT = join(import.meta.dirname ?? "", "../..");
const COPIED = ["src", "tests", "deno.json", "deno.lock", "mod.ts", "testing.ts"];
/** Two copies at a time: that is what a small machine has cores for. */
const WORKERS = 2;
const SEEDS = 4_000;
/** A mistake may make tests hang: that is noticed as well, in milliseconds. */
const LIMIT_MS = 180_000;

type Verdict = "caught" | "hangs" | "escaped";

interface Row {
  readonly mutant: Mutant;
  readonly unit: Verdict | string;
  readonly simulation: Verdict | string;
}

/** What is run with each mistake, from within the copy. */
const COMMANDS = {
  check: ["check", "src/consume/poll_loop.ts"],
  unit: ["test", "--no-check", "--no-prompt", "--allow-all", "--fail-fast", "tests/unit/consume"],
  simulation: [
    "run",
    "--no-check",
    "--no-prompt",
    "tests/simulation/main.ts",
    "--no-shrink",
    "--seeds",
    String(SEEDS),
  ],
} as const;

/** What runs now, to be ended with this program. */
const children = new Set<Deno.ChildProcess>();

async function main(words: readonly string[]): Promise<number> {
  const wanted = MUTANTS.filter(({ name, file }) => words.every((word) => `${file} ${name}`.includes(word)));
  const queue = [...wanted];
  const rows: Row[] = [];
  await Promise.all(Array.from({ length: WORKERS }, async () => {
    const copy = await Deno.makeTempDir({ prefix: "datapy-mutants-" });
    try {
      for (const name of COPIED) await copyTree(join(ROOT, name), join(copy, name));
      if (
        await run(copy, COMMANDS.unit) !== "escaped" || await run(copy, COMMANDS.simulation) !== "escaped"
      ) {
        if (interrupted) return;
        throw new Error("Cannot try mistakes: the tests fail without one");
      }
      for (let mutant = queue.shift(); !interrupted && mutant !== undefined; mutant = queue.shift()) {
        const row = await tried(copy, mutant);
        rows.push(row);
        console.log(lineOf(row));
      }
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
  }));
  if (interrupted) return 130;
  const caught = rows.filter(isCaught).length;
  const count = (by: "unit" | "simulation") => rows.filter((row) => row[by] !== "escaped").length;
  console.log(
    `\n${caught} of ${rows.length} mistakes are caught: ${count("unit")} by unit tests, ` +
      `${count("simulation")} by the simulation`,
  );
  for (const { mutant } of rows.filter((row) => !isCaught(row))) {
    console.log(`ESCAPED ${mutant.file}: ${mutant.name}`);
  }
  return caught === rows.length ? 0 : 1;
}

const isCaught = ({ unit, simulation }: Row) =>
  [unit, simulation].some((verdict) => verdict === "caught" || verdict === "hangs");

const lineOf = ({ mutant, unit, simulation }: Row) =>
  `${unit.padEnd(8)} ${simulation.padEnd(8)} ${mutant.file}: ${mutant.name}`;

/** Makes the mistake in the copy, runs the tests, and takes it back. */
async function tried(copy: string, mutant: Mutant): Promise<Row> {
  const path = join(copy, "src/consume", mutant.file);
  const right = await Deno.readTextFile(path);
  const parts = right.split(mutant.find);
  if (parts.length !== 2) {
    const problem = `does not apply: its text stands in the file ${parts.length - 1} times`;
    return { mutant, unit: problem, simulation: "" };
  }
  try {
    await Deno.writeTextFile(path, parts.join(mutant.replace));
    if (await run(copy, COMMANDS.check) !== "escaped") {
      return { mutant, unit: "does not compile", simulation: "" };
    }
    return { mutant, unit: await run(copy, COMMANDS.unit), simulation: await run(copy, COMMANDS.simulation) };
  } finally {
    await Deno.writeTextFile(path, right);
  }
}

/** Runs a command of Deno in the copy; `escaped` where it ends well. */
async function run(copy: string, args: readonly string[]): Promise<Verdict> {
  // through sh, which is all that this program may run
  const child = new Deno.Command("sh", {
    args: ["-c", 'exec "$@"', "sh", Deno.execPath(), ...args],
    cwd: copy,
    stdout: "null",
    stderr: "null",
    env: { NO_COLOR: "1" },
  }).spawn();
  children.add(child);
  const limit = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  const { code, signal } = await child.status;
  clearTimeout(limit);
  children.delete(child);
  return signal !== null ? "hangs" : code === 0 ? "escaped" : "caught";
}

async function copyTree(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copyTree(join(from, name), join(to, name));
}

let interrupted = false;

if (import.meta.main) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      interrupted = true;
      for (const child of children) child.kill("SIGKILL"); // the copies are removed when their workers end
    });
  }
  Deno.exit(await main(Deno.args));
}
