import { dirname } from "node:path";

/** Files and folders that tools keep for themselves, passed in so that tests need none. */
export interface Disk {
  /** The text of a file; undefined where there is none. */
  readText(path: string): Promise<string | undefined>;
  /** Writes a file at once: who reads it sees the old text or the new one, never a part. Makes its folder. */
  writeText(path: string, text: string): Promise<void>;
  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void>;
  /** A new folder with a name of its own within another one, which is made too. */
  makeTempFolder(within: string, prefix: string): Promise<string>;
  /** Names in a folder, sorted; none where there is no folder. */
  list(path: string): Promise<readonly string[]>;
  exists(path: string): Promise<boolean>;
  /** What a path leads to. */
  kindOf(path: string): Promise<"file" | "folder" | "nothing">;
  /** The path of something that is there, without symbolic links. */
  realPath(path: string): Promise<string>;
  /** Gives a file or folder another name, replacing a file of that name. False where there was nothing. */
  rename(from: string, to: string): Promise<boolean>;
  /** Removes a file, or a folder with all that is in it; what is not there is no error. */
  remove(path: string): Promise<void>;
  /**
   * Holds a lock that other processes respect who ask for it; it ends with this process, however that ends. Rejects
   * where another one holds it for longer than `timeoutMs`.
   */
  lock(path: string, timeoutMs: number): Promise<Disposable>;
}

const unlessMissing = <T>(instead: T) => (error: unknown): T => {
  if (error instanceof Deno.errors.NotFound) return instead;
  throw error;
};

/** The disk of this machine. */
export const systemDisk: Disk = {
  readText: (path) => Deno.readTextFile(path).catch(unlessMissing(undefined)),
  async writeText(path, text) {
    await Deno.mkdir(dirname(path), { recursive: true });
    const part = `${path}.${crypto.randomUUID()}.part`;
    await Deno.writeTextFile(part, text);
    await Deno.rename(part, path);
  },
  makeFolder: (path) => Deno.mkdir(path, { recursive: true }),
  async makeTempFolder(within, prefix) {
    await Deno.mkdir(within, { recursive: true });
    return await Deno.makeTempDir({ dir: within, prefix });
  },
  async list(path) {
    try {
      return (await Array.fromAsync(Deno.readDir(path), (entry) => entry.name)).sort();
    } catch (error) {
      return unlessMissing<string[]>([])(error);
    }
  },
  exists: (path) => Deno.lstat(path).then(() => true, unlessMissing(false)),
  kindOf: (path) =>
    Deno.stat(path).then((found) => found.isDirectory ? "folder" : "file", unlessMissing("nothing" as const)),
  realPath: (path) => Deno.realPath(path),
  rename: (from, to) => Deno.rename(from, to).then(() => true, unlessMissing(false)),
  remove: (path) => Deno.remove(path, { recursive: true }).catch(unlessMissing(undefined)),
  async lock(path, timeoutMs) {
    await Deno.mkdir(dirname(path), { recursive: true });
    const file = await Deno.open(path, { create: true, write: true });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), timeoutMs));
    const locking = file.lock(true);
    try {
      if (await Promise.race([locking, late]) === "late") {
        locking.finally(() => file.close()).catch(() => {});
        throw new Error(`another process has held ${path} for ${Math.round(timeoutMs / 1000)} s`);
      }
    } finally {
      clearTimeout(timer);
    }
    return { [Symbol.dispose]: () => file.close() };
  },
};
