import { ConfigurationError } from "../core/errors.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith } from "./context.ts";
import { suggestedJob } from "./job_files.ts";
import { jobText } from "./text.ts";

/** `datapy run JOB [ARGUMENT...]` */
export async function run(
  this: CliContext,
  flags: { readonly context?: string },
  path: string,
  ...args: string[]
): Promise<void> {
  const { jobs } = this;
  const kind = await jobs.kindOf(path);
  if (kind === "folder") return endWith(this, EXIT_CODES.usage, jobText.isFolder(path));
  if (kind === "nothing") {
    return endWith(this, EXIT_CODES.usage, jobText.notThere(path, await suggestedJob(this, path)));
  }
  const exported = await load(this, path);
  const { main } = exported;
  if (typeof main !== "function") throw new ConfigurationError(jobText.noMain(path));
  await jobs.exitWith(() => main(args), flags.context);
}

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
