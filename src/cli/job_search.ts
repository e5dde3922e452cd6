import { basename, join } from "node:path";
import type { Disk } from "../runtime/disk.ts";
import type { KnownJob } from "./context.ts";

/** A file of TypeScript or JavaScript. */
export const SOURCE = /\.[mc]?[jt]s$/;
const NO_JOB = /[._]test\.[mc]?[jt]sx?$|\.d\.[mc]?ts$/;
const MAIN =
  /^export\s+(?:(?:async\s+)?function\s*\*?\s*main\b|(?:const|let)\s+main\b|\{[^}]*\bmain\b[^}]*\})/m;

/** The name by which a job is run where it is no file: `orders` of jobs/orders.ts. */
export const jobName = (file: string): string => basename(file).replace(SOURCE, "");

/** The jobs in a folder: files that export a main and are no tests. None where there is no folder. */
export async function jobsIn(
  folder: string,
  disk: Pick<Disk, "list" | "readText">,
): Promise<readonly KnownJob[]> {
  const files = (await disk.list(folder)).filter((name) => SOURCE.test(name) && !NO_JOB.test(name));
  const found: KnownJob[] = [];
  for (const file of files.map((name) => join(folder, name))) {
    if (MAIN.test(await disk.readText(file) ?? "")) found.push({ name: jobName(file), file });
  }
  return found;
}
