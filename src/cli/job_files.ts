import { basename, dirname, join } from "node:path";
import { didYouMean, nearest } from "../core/nearest.ts";
import type { CliContext } from "./context.ts";
import { SOURCE } from "./job_search.ts";

/** `; did you mean "jobs/orders.ts"?` for a path where there is no job, or nothing. */
export async function suggestedJob(context: CliContext, path: string): Promise<string> {
  const known = await context.jobs.list();
  if (context.jobs.areCompiledIn === true) return didYouMean(path, known.map(({ name }) => name));
  const named = known.find(({ name }) => name === path);
  if (named !== undefined) return didYouMean(named.file, [named.file]);
  const names = (await context.jobs.neighbours(path)).filter((name) => SOURCE.test(name));
  const found = nearest(basename(path), names);
  return found === undefined ? "" : didYouMean(path, [join(dirname(path), found)]);
}

/** Job files, and folders, that begin like a path; for completions. */
export async function jobFiles(this: CliContext, partial: string): Promise<readonly string[]> {
  if (this.jobs.areCompiledIn === true) {
    return (await this.jobs.list()).map(({ name }) => name).filter((name) => name.startsWith(partial));
  }
  const folder = partial.includes("/") ? partial.slice(0, partial.lastIndexOf("/") + 1) : "";
  const names = await this.jobs.neighbours(`${folder}x`);
  const paths = names.filter((name) => !name.startsWith(".")).map((name) => folder + name)
    .filter((path) => path.startsWith(partial));
  const found = await Promise.all(paths.map(async (path) => {
    if (SOURCE.test(path)) return /_test\.[jt]s$/.test(path) ? [] : [path];
    return await this.jobs.kindOf(path) === "folder" ? [`${path}/`] : [];
  }));
  return found.flat();
}
