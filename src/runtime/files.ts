/** Files, passed in so that tests need none. */
export interface Files {
  /** The text of a file. Rejects with the system's error where it cannot be read. */
  readText(path: string): Promise<string>;
  /** The same, at once: for settings, which are read while a job starts. */
  readTextSync(path: string): string;
  /** Makes a folder and those above it; it may be there already. */
  makeFolder(path: string): Promise<void>;
}

/** The files of this machine. */
export const systemFiles: Files = {
  readText: (path) => Deno.readTextFile(path),
  readTextSync: (path) => Deno.readTextFileSync(path),
  makeFolder: (path) => Deno.mkdir(path, { recursive: true }),
};

/** Why a file could not be read or written, in words: for error messages. */
export function fileProblem(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied by the operating system";
  if (error instanceof Deno.errors.NotCapable) return `Deno did not permit it: ${error.message}`;
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder";
  return error instanceof Error ? error.message : String(error);
}
