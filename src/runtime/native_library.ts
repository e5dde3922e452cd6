import { createRequire } from "node:module";

/** Shared libraries that native npm packages need, passed in so that tests load none. */
export interface NativeLibraries {
  /**
   * Loads a library of an npm package before the package itself. Only a compiled program needs it: it unpacks a
   * package's addon into the temporary folder, but not the libraries beside it, which the addon then finds by name
   * among those that are loaded already. Elsewhere it does nothing.
   *
   * `specifier` is the file within the package, with `{platform}` for what npm calls it: `linux-x64`.
   */
  preload(specifier: string): void;
}

/** The libraries of this process. */
export const systemLibraries: NativeLibraries = {
  preload(specifier) {
    if (!Deno.build.standalone || Deno.build.os !== "linux") return;
    const platform = `linux-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
    Deno.dlopen(createRequire(import.meta.url).resolve(specifier.replace("{platform}", platform)), {});
  },
};
