import { join } from "node:path";
import type { NewFiles } from "../../runtime/new_files.ts";
import type { NewFile } from "./project.ts";

/** What was written, or what is in the way; then nothing was written. */
export type Written = { readonly made: readonly string[] } | { readonly present: readonly string[] };

/** Writes all files or none: where one of them is there already, it names all that are and writes nothing. */
export async function writeNew(folder: string, files: readonly NewFile[], disk: NewFiles): Promise<Written> {
  const targets = files.map(({ path, text }) => ({ path: join(folder, path), text }));
  const present: string[] = [];
  for (const { path } of targets) if (await disk.exists(path)) present.push(path);
  if (present.length > 0) return { present };

  const made: string[] = [];
  try {
    for (const { path, text } of targets) {
      if (!await disk.create(path, text)) { // somebody made it in this moment
        await undo(made, disk);
        return { present: [path] };
      }
      made.push(path);
    }
  } catch (error) {
    await undo(made, disk);
    throw error;
  }
  return { made };
}

async function undo(made: readonly string[], disk: NewFiles): Promise<void> {
  for (const path of made) await disk.remove(path);
}
