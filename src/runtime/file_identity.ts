/** Which file a path leads to, passed in so that tests need none. */
export interface FileIdentity {
  /**
   * The same text for as long as the path leads to the same file, whatever is in it; `"none"` where there is no file.
   * Undefined where it cannot be told: the file system numbers no files, or they may not be looked at.
   */
  of(path: string): Promise<string | undefined>;
}

/** The files of this machine, by the device and the number that the system gives them. */
export const systemFileIdentity: FileIdentity = {
  async of(path) {
    try {
      const { dev, ino } = await Deno.stat(path);
      return ino === null || ino === 0 ? undefined : `${dev}:${ino}`;
    } catch (error) {
      return error instanceof Deno.errors.NotFound ? "none" : undefined;
    }
  },
};
