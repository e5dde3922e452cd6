/** Where files really lie, passed in so that tests need none. */
export interface Paths {
  /** The path without symbolic links; undefined where there is no such file or folder. */
  real(path: string): Promise<string | undefined>;
}

/** The paths of this machine. */
export const systemPaths: Paths = {
  async real(path) {
    try {
      return await Deno.realPath(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
};
