import { basename, dirname, join } from "node:path";
import { ConfigurationError } from "../core/errors.ts";
import { didYouMean, nearest } from "../core/nearest.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith } from "./context.ts";
import { jobText } from "./text.ts";

/** `datapy run JOB [ARGUMENT...]` */
export async function run(this: CliContext, _flags: object, path: string, ...args: string[]): Promise<void> {
  const { jobs } = this;
  const kind = await jobs.kindOf(path);
  if (kind === "folder") return endWith(this, EXIT_CODES.usage, jobText.isFolder(path));
  if (kind === "nothing") {
    return endWith(this, EXIT_CODES.usage, jobText.notThere(path, await suggestion(this, path)));
  }
  const exported = await load(this, path);
  const { main } = exported;
  if (typeof main !== "function") throw new ConfigurationError(jobText.noMain(path));
  await jobs.exitWith(() => main(args));
}

async function suggestion(context: CliContext, path: string): Promise<string> {
  const name = basename(path);
  const names = (await context.jobs.neighbours(path)).filter((name) => /\.[mc]?[jt]s$/.test(name));
  const found = nearest(name, names);
  return found === undefined ? "" : didYouMean(path, [join(dirname(path), found)]);
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
