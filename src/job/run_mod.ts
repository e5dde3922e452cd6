import { resolveReference } from "../context/current.ts";
import type { Mod } from "../core/define_mod.ts";
import { currentMessageScope } from "../core/message_scope.ts";
import { JobLocal } from "../core/job_scope.ts";
import { ModRegistry } from "../core/registry.ts";
import type { ModMap } from "../core/mod_map.ts";
import type { Row } from "../core/rows.ts";
import { createRunner, type ModParams, type ModResult } from "../core/runner.ts";
import { loggerFor } from "../logging/logging.ts";
import { builtins } from "../mods/builtins.ts";
import type { CallArtifacts, CallParams } from "../mods/typed_calls.ts";
import { RunningMods } from "./running_mods.ts";

const registry = new ModRegistry();
for (const mod of builtins) registry.register(mod);

/** The mods of a job that run now, outside of messages: also those begun below one that is over. */
export const runningMods: JobLocal<RunningMods> = new JobLocal(() => new RunningMods());

/** What takes the place of a mod in the job that runs: itself, unless a test watches it or puts another there. */
export const modInPlace: JobLocal<(mod: Mod) => Mod> = new JobLocal(() => (mod) => mod);

const run = createRunner({
  registry: { get: (name) => modInPlace.get()(registry.get(name)) },
  resolve: resolveReference,
  loggerFor,
});

/**
 * Runs a mod by its name: fills in the `${...}` references of its settings, validates its parameters, runs it.
 *
 * Resolves to `{ status, artifacts, metrics, warnings }`. Rejects with a `ModError` that names the mod, the parameter at
 * fault and the cause; its `kind` says whose fault it is.
 *
 * ```ts ignore
 * const parsed = await runMod("json_parser", { json_string: message.value });
 * ```
 */
export function runMod<
  N extends keyof ModMap & string,
  R extends object = Row,
  const K extends string = never,
  const L extends string = "rest",
  V extends object = Row,
>(name: N, params: CallParams<N, R, K, L, V>): Promise<ModResult<CallArtifacts<N, R, K, L>>> {
  const result = run(name, params as ModParams<ModMap[N]>) as Promise<ModResult<CallArtifacts<N, R, K, L>>>;
  return currentMessageScope() === undefined ? runningMods.get().track(name, result) : result;
}

/**
 * Makes a mod of your own known to {@link runMod}. Beside it, tell the compiler:
 * `declare module "@datapy/datapy" { interface ModMap { my_mod: typeof myMod } }`.
 *
 * Throws a `TypeError` if another mod has its name.
 */
export function registerMod(mod: Mod): void {
  registry.register(mod);
}

/** All mods that can be run, by name. */
export function registeredMods(): readonly Mod[] {
  return registry.list();
}
