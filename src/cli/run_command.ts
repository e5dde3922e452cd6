import { buildCommand } from "../deps/stricli.ts";
import { ConfigurationError } from "../core/errors.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith } from "./context.ts";
import { jobFiles, suggestedJob } from "./job_files.ts";
import { briefs, jobText } from "./text.ts";

/** `datapy run JOB [ARGUMENT...]` */
async function run(
  this: CliContext,
  flags: { readonly context?: string },
  path: string,
  ...args: string[]
): Promise<void> {
  const { jobs } = this;
  const kind = await jobs.kindOf(path);
  if (kind === "folder") return endWith(this, EXIT_CODES.usage, jobText.isFolder(path));
  if (kind === "nothing") {
    const hint = await suggestedJob(this, path);
    if (jobs.areCompiledIn !== true) return endWith(this, EXIT_CODES.usage, jobText.notThere(path, hint));
    const names = (await jobs.list()).map(({ name }) => name);
    return endWith(this, EXIT_CODES.usage, jobText.notInside(path, hint, names));
  }
  const exported = await load(this, path);
  const { main } = exported;
  if (typeof main !== "function") throw new ConfigurationError(jobText.noMain(path));
  await jobs.exitWith(() => main(args), flags.context ?? chosenByEnvironment(this));
}

/** The context file that DATAPY_CONTEXT names: for where the command line is written by others, as in an image. */
const chosenByEnvironment = ({ machine }: CliContext) => machine.env("DATAPY_CONTEXT") || undefined;

/** A job that cannot be parsed, or imports what is not there, is set up wrongly; what its own code throws keeps its kind. */
async function load(context: CliContext, path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await context.jobs.load(path);
  } catch (error) {
    if (!isLoadError(error)) throw error;
    throw new ConfigurationError(jobText.cannotLoad(path), { cause: error });
  }
}

function isLoadError(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  return error instanceof TypeError && (error as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND";
}

export const runCommand = buildCommand({
  func: run,
  parameters: {
    flags: {
      context: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: briefs.runContext,
        placeholder: "FILE",
      },
    },
    positional: {
      kind: "array",
      parameter: { brief: briefs.runJob, parse: String, placeholder: "JOB", proposeCompletions: jobFiles },
      minimum: 1,
    },
  },
  docs: {
    brief: briefs.run,
    fullDescription: briefs.runFull,
    customUsage: ["JOB", { input: "JOB WORD... -- --WORD...", brief: briefs.runUsage }],
  },
});
