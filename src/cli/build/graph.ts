import { ConfigurationError } from "../../core/errors.ts";
import { LIBRARY } from "../new/framework.ts";
import { buildText } from "../text/build.ts";

/** As much of what `deno info --json` prints as is looked at. */
export interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly npmPackage?: string;
    readonly error?: string;
  }[];
}

/** A module that every copy of the library has once. */
const OF_LIBRARY = /\/src\/job\/run_mod\.[jt]s$/;

/** The packages that modules import, as the lock names them. */
export function packagesOf({ modules }: Graph): readonly string[] {
  return [...new Set(modules.flatMap(({ npmPackage }) => npmPackage ?? []))];
}

/**
 * Throws a `ConfigurationError` where a module was not found, or where the jobs import another copy of the library than the
 * program does: mods and settings of the one are unknown to the other.
 */
export function checkGraph(graph: Graph, out: string): void {
  const broken = graph.modules.flatMap(({ error }) => error ?? []);
  if (broken.length > 0) throw new ConfigurationError(buildText.failed(out, broken.join("\n")));
  const modules = graph.modules.map(({ specifier }) => specifier).filter((one) => OF_LIBRARY.test(one));
  const packages = packagesOf(graph).filter((id) => id.startsWith(`${LIBRARY}@`));
  const copies = [...modules.map((one) => one.replace(OF_LIBRARY, "")), ...packages];
  if (copies.length > 1) throw new ConfigurationError(buildText.twoLibraries(out, copies));
}
