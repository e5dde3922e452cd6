import type { RouteMap } from "../deps/stricli.ts";
import type { CliContext } from "./context.ts";

/** The words that name a command, or a group of them, at the beginning of a command line: `mods describe` of `mods describe x`. */
export function commandNamed(args: readonly string[], routes: RouteMap<CliContext>): string {
  const words: string[] = [];
  let target: ReturnType<typeof routes.getRoutingTargetForInput> = routes;
  for (const word of args) {
    if (target === undefined || !("getRoutingTargetForInput" in target)) break;
    target = target.getRoutingTargetForInput(word);
    if (target !== undefined) words.push(word);
  }
  return words.join(" ");
}
