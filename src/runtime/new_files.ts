import { dirname } from "node:path";

/** Files that are made where nothing is, passed in so that tests need no disk. */
export interface NewFiles {
  /** Whether something is there, be it a broken link. */
  exists(path: string): Promise<boolean>;
  /** Writes a file that was not there, and makes its folder. False, and nothing is changed, where something is there. */
  create(path: string, text: string): Promise<boolean>;
  /** Removes a file that was made. */
  remove(path: string): Promise<void>;
}

/** The disk of this machine. */
export const systemNewFiles: NewFiles = {
  exists: (path) =>
    Deno.lstat(path).then(() => true, (error) => {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
      throw error;
    }),
  async create(path, text) {
    await Deno.mkdir(dirname(path), { recursive: true });
    try {
      await Deno.writeTextFile(path, text, { createNew: true });
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    }
  },
  remove: (path) => Deno.remove(path),
};
