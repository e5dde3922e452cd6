import type { z } from "../deps/zod.ts";
import type { Logger } from "./logger.ts";
import { metaOf } from "./params.ts";

/**
 * The parameters of a mod: a zod object that refuses other keys, such as `z.strictObject({ table: z.string() })`. Any zod 4
 * will do; DataPy itself uses the version in src/deps/zod.ts.
 */
export type ParamsSchema = z.ZodObject;

/** What a job gives for these parameters: those with a default may be left out. Zod's `z.input`. */
export type ParamsInput<P extends ParamsSchema> = P["_zod"]["input"];

/** What the mod is given for these parameters: checked, and with the defaults filled in. Zod's `z.output`. */
export type ParamsOutput<P extends ParamsSchema> = P["_zod"]["output"];

/** A `${...}` reference that is filled in from the context before a setting is validated. */
export type Reference = `${string}\${${string}}${string}`;

/** One artifact of a mod: what it is for people, and its type for the compiler. */
export interface Artifact<T> {
  /** One sentence: what it is. */
  readonly description: string;
  /** Only a type, never a value. */
  readonly type?: T;
}

/** Declares an artifact of type `T`. */
export function artifact<T>(description: string): Artifact<T> {
  return { description };
}

/** The artifacts of a mod, by name. */
export type ArtifactDeclarations = Readonly<Record<string, Artifact<unknown>>>;

/** The values that belong to artifact declarations. */
export type ArtifactsOf<A extends ArtifactDeclarations> = {
  readonly [K in keyof A]: A[K] extends Artifact<infer T> ? T : never;
};

/** Numbers that a mod counts, such as rows written. */
export type Metrics = Readonly<Record<string, number>>;

/** What a mod's `run` is given besides its parameters. */
export interface ModContext {
  /** Logs under the mod's name. */
  readonly log: Logger;
  /** Adds a warning to the result and logs it. */
  warn(message: string): void;
}

/** What a mod's `run` hands back. */
export interface ModOutput<A extends ArtifactDeclarations> {
  /** What is declared in `artifacts`, each of them. */
  readonly artifacts: ArtifactsOf<A>;
  /** What was counted; nothing by default. */
  readonly metrics?: Metrics;
}

/** A mod: one step of a job, with everything that is known about it in one declaration. */
export interface Mod<
  N extends string = string,
  P extends ParamsSchema = ParamsSchema,
  A extends ArtifactDeclarations = ArtifactDeclarations,
> {
  /** The name given to `runMod`, in snake_case. */
  readonly name: N;
  /** One sentence: what it does. */
  readonly description: string;
  /** A strict zod object; each parameter has a description. Mark data with `dataParam`. */
  readonly params: P;
  /** What it hands on, by name. */
  readonly artifacts: A;
  /** Does the work. Throws one of the errors in errors.ts; anything else counts as a record error. */
  run(params: ParamsOutput<P>, context: ModContext): ModOutput<A> | Promise<ModOutput<A>>;
}

/**
 * Declares a mod. Types, defaults, validation, help and reference pages all come from this one declaration.
 *
 * Throws a `TypeError` if the name is not snake_case or a parameter has no description.
 */
export function defineMod<
  const N extends string,
  P extends ParamsSchema,
  A extends ArtifactDeclarations,
>(mod: Mod<N, P, A>): Mod<N, P, A> {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(mod.name)) {
    throw new TypeError(`Cannot define mod "${mod.name}": a mod's name is snake_case`);
  }
  for (const [key, schema] of Object.entries(mod.params.shape)) {
    if (!metaOf(schema as z.ZodType).description) {
      throw new TypeError(`Cannot define mod "${mod.name}": parameter "${key}" has no description`);
    }
  }
  return mod;
}
