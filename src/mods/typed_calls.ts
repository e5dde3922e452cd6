import type { z } from "../deps/zod.ts";
import type { Reference } from "../core/define_mod.ts";
import type { ModMap } from "../core/mod_map.ts";
import type { Row, RowSource } from "../core/rows.ts";
import type { Condition, SplitArtifacts, SplitOutput } from "./transform/split/conditions.ts";
import type { ModArtifacts, ModParams } from "../core/runner.ts";
// what ModMap has: also to whoever sees the declarations alone, where "import type {}" would not be left
import "./builtins.ts";

/**
 * The calls whose types depend on what is given: functions that see rows see those of `data`, and outputs are artifacts
 * under the names that the job gave them. The declarations of the mods cannot say that; here it is said for the compiler
 * alone. `R` is a row of `data`, `K` the names of the outputs, `L` that of the output for the rest, `V` the variables.
 */

/** The rows of a call: one, several, or a DuckDB result. */
type DataOf<R> = R | readonly R[] | RowSource;

/**
 * @internal
 * What a function sees of a row: rows of no type of their own are columns of unknown values. A job that knows more says
 * so at `data`: `parsed.artifacts.data as Order`.
 */
type Seen<R> = object extends R ? Row : R;

/**
 * A function of a row, and of the variables that were computed before it: these are known where the functions of
 * `variables` say what their row is, `(order: Order) => ...`, and unknown elsewhere.
 */
type RowFunction<R, V, T> = (row: Seen<R>, variables: Readonly<V>) => T;

/** A variable sees those before it; a method's type, so that a job may say what they are: `(_, v: { net: number }) => ...`. */
type Variable<R, T> = { compute(row: Seen<R>, variables: Row): T }["compute"];

type InputOf<N extends keyof ModMap> = z.input<ModMap[N]["params"]>;

/** The parameters `P`, some of them replaced by `Q`, each of them open to a reference. */
type With<P, Q> = { [K in keyof (Omit<P, keyof Q> & Q)]: (Omit<P, keyof Q> & Q)[K] | Reference };

/** @internal What data_mapper takes. */
type MapperParams<R, K extends string, V> = With<InputOf<"data_mapper">, {
  readonly data: DataOf<R>;
  readonly variables?: { readonly [name in keyof V]: Variable<R, V[name]> };
  readonly filter?: RowFunction<R, V, boolean>;
  readonly functions?: Readonly<Record<string, RowFunction<R, V, unknown>>>;
  readonly outputs?: { readonly [name in K]: MapperOutput<R, V> };
}>;

type MapperOutput<R, V> =
  & Omit<NonNullable<InputOf<"data_mapper">["outputs"]>[string], "filter" | "functions">
  & {
    readonly filter?: RowFunction<R, V, boolean>;
    readonly functions?: Readonly<Record<string, RowFunction<R, V, unknown>>>;
  };

/** @internal What data_mapper gives. */
type MapperArtifacts<R, K extends string> =
  & {
    readonly [name in Exclude<keyof ModArtifacts<ModMap["data_mapper"]>, "reject">]: ModArtifacts<
      ModMap["data_mapper"]
    >[name];
  }
  & { readonly reject: SplitOutput<Seen<R>> }
  & { readonly [name in K]: SplitOutput };

/** @internal What data_splitter takes. */
type SplitterParams<R, K extends string, L extends string> = With<InputOf<"data_splitter">, {
  readonly data: DataOf<R>;
  readonly split_conditions: { readonly [name in K]: Condition<Seen<R>> };
  readonly rest?: L;
}>;

/** The parameters of a call. Conditional types, because the compiler infers the others through these alone. */
export type CallParams<N extends keyof ModMap & string, R, K extends string, L extends string, V> = N extends
  "data_mapper" ? MapperParams<R, K, V>
  : N extends "data_splitter" ? SplitterParams<R, K, L>
  : ModParams<ModMap[N]>;

/** The artifacts of a call. */
export type CallArtifacts<N extends keyof ModMap & string, R, K extends string, L extends string> = N extends
  "data_mapper" ? MapperArtifacts<R, K>
  : N extends "data_splitter" ? SplitArtifacts<K | L, Seen<R>>
  : ModArtifacts<ModMap[N]>;
