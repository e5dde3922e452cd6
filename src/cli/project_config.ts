import { dirname, join, resolve } from "node:path";
import type { Disk } from "../runtime/disk.ts";

/** A job's own configuration, by which it finds what it imports: that of the nearest folder above it. */
export async function configOf(job: string, disk: Pick<Disk, "exists">): Promise<string | undefined> {
  for (let folder = dirname(resolve(job));; folder = dirname(folder)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      if (await disk.exists(join(folder, name))) return join(folder, name);
    }
    if (dirname(folder) === folder) return undefined;
  }
}
