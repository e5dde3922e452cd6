import type {
  ArtifactDeclarations,
  ArtifactsOf,
  Metrics,
  Mod,
  ModContext,
  ParamsInput,
  ParamsSchema,
  Reference,
} from "./define_mod.ts";
import { errorText, kindOf, ModError } from "./errors.ts";
import type { Logger } from "./logger.ts";
import { currentMessageScope } from "./message_scope.ts";
import type { ModMap } from "./mod_map.ts";
import type { ModRegistry } from "./registry.ts";
import { type ReferenceResolver, resolveSettings } from "./settings.ts";
import { validateParams } from "./validate.ts";

/** What `runMod` gives back when the mod succeeded; failures are thrown as {@link ModError}. */
export interface ModResult<A> {
  /** Always `success`: kept from the Python framework, so that ported jobs read the same. */
  readonly status: "success";
  /** What the mod hands on, typed by the mod. */
  readonly artifacts: A;
  /** Numbers that the mod counted. */
  readonly metrics: Metrics;
  /** What the mod wants somebody to know although it succeeded. */
  readonly warnings: readonly string[];
}

/** The parameters that a mod takes: its own types, or a `${...}` reference in their place. */
export type ModParams<M> = M extends Mod<string, infer P, ArtifactDeclarations>
  ? { [K in keyof ParamsInput<P>]: ParamsInput<P>[K] | Reference }
  : never;

/** The artifacts of a mod. */
export type ModArtifacts<M> = M extends Mod<string, ParamsSchema, infer A> ? ArtifactsOf<A> : never;

/** Runs a mod by name. See `runMod` in mod.ts. */
export type RunMod = <N extends keyof ModMap & string>(
  name: N,
  params: ModParams<ModMap[N]>,
) => Promise<ModResult<ModArtifacts<ModMap[N]>>>;

/** What a runner needs from outside. */
export interface RunnerPorts {
  readonly registry: Pick<ModRegistry, "get">;
  readonly resolve: ReferenceResolver;
  /** The logger of a mod, by its name. */
  loggerFor(mod: string): Logger;
}

/** Makes a `runMod`: look up, fill in the settings, validate, run, and tell failures in one form. */
export function createRunner(ports: RunnerPorts): RunMod {
  const run = async (name: string, params: Record<string, unknown>): Promise<ModResult<unknown>> => {
    const scope = currentMessageScope();
    const leave = scope?.enter(name);
    try {
      const mod = ports.registry.get(name);
      return await runOne(mod, params, ports);
    } catch (error) {
      const failure = asModError(name, error);
      scope?.failed(failure);
      throw failure;
    } finally {
      leave?.();
    }
  };
  return run as RunMod;
}

async function runOne(
  mod: Mod,
  params: Record<string, unknown>,
  ports: RunnerPorts,
): Promise<ModResult<unknown>> {
  const settings = resolveSettings(mod.name, mod.params, params, ports.resolve);
  const valid = validateParams(mod, settings);
  const warnings: string[] = [];
  const log = ports.loggerFor(mod.name);
  const context: ModContext = {
    log,
    warn(message) {
      warnings.push(message);
      log.warning(message);
    },
  };
  const output = await mod.run(valid, context);
  return { status: "success", artifacts: output.artifacts, metrics: output.metrics ?? {}, warnings };
}

function asModError(mod: string, error: unknown): ModError {
  if (error instanceof ModError && error.mod === mod) return error;
  return new ModError(mod, errorText(error), { kind: kindOf(error), cause: error });
}
