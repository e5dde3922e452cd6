import { createRequire } from "node:module";

/** Shared libraries that native npm packages need, passed in so that tests load none. */
export interface NativeLibraries {
  /**
   * Loads a library of an npm package before the package itself. Only a compiled program needs it: it unpacks a
   * package's addon into the temporary folder, but not the libraries beside it, which the addon then finds by name
   * among those that are loaded already. Elsewhere it does nothing.
   *
   * `from` is the url of a module whose package leads to the library, `way` the files on it: each is looked up from the
   * one before, the last is the library. `{platform}` in it stands for npm's name of this one: `linux-x64`.
   */
  preload(from: string, way: readonly string[]): void;
}

/** The libraries of this process. */
export const systemLibraries: NativeLibraries = {
  preload(from, way) {
    if (!Deno.build.standalone || Deno.build.os !== "linux") return;
    const platform = `linux-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
    const library = way.reduce(
      (path, next) => createRequire(path).resolve(next.replace("{platform}", platform)),
      from,
    );
    Deno.dlopen(library, {});
  },
};
