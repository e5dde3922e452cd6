/** The command line of a compiled program: what `datapy build` makes begins here. */
import { thisProcess } from "../../runtime/process.ts";
import type { CliContext } from "../context.ts";
import { exitWith, systemContext } from "../system_context.ts";
import { type CompiledJobs, compiledLibrary } from "./jobs.ts";
import { runProgramRoutes } from "./routes.ts";

export type { CompiledJob, CompiledJobs } from "./jobs.ts";

/** What only commands have that are not in a program. */
const absent = new Proxy({}, {
  get(_, name) {
    throw new Error(`A compiled program has no ${String(name)}`);
  },
}) as never;

/** Runs the command line of this process with some jobs, and ends the process. */
export async function runProgram(jobs: CompiledJobs): Promise<never> {
  const context: CliContext = {
    ...systemContext,
    jobs: { ...compiledLibrary(jobs), exitWith },
    builds: absent,
    checks: absent,
    projects: absent,
    kafka: absent,
    postgres: absent,
  };
  return thisProcess.exit(await runProgramRoutes(thisProcess.args, context));
}
