import type { z } from "../deps/zod.ts";
import type { Reference } from "../core/define_mod.ts";
import type { ModMap } from "../core/mod_map.ts";
import type { Row, RowSource } from "../core/rows.ts";
import type { Condition, SplitArtifacts } from "./transform/split/conditions.ts";
import type { ModArtifacts, ModParams } from "../core/runner.ts";

/**
 * The calls whose types depend on what is given: functions that see rows see those of `data`, and outputs are artifacts
 * under the names that the job gave them. The declarations of the mods cannot say that; here it is said for the compiler
 * alone. `R` is a row of `data`, `K` the names of the outputs, `L` that of the output for the rest.
 */

/** The rows of a call: one, several, or a DuckDB result. */
type DataOf<R> = R | readonly R[] | RowSource;

/**
 * What a function sees of a row: rows of no type of their own are columns of unknown values. A job that knows more says
 * so at `data`: `parsed.artifacts.data as Order`.
 */
type Seen<R> = object extends R ? Row : R;

type RowFunction<R, T> = (row: Seen<R>) => T;

type InputOf<N extends keyof ModMap> = z.input<ModMap[N]["params"]>;

/** The parameters `P`, some of them replaced by `Q`, each of them open to a reference. */
type With<P, Q> = { [K in keyof (Omit<P, keyof Q> & Q)]: (Omit<P, keyof Q> & Q)[K] | Reference };

/** @internal What data_mapper takes. */
type MapperParams<R> = With<InputOf<"data_mapper">, {
  readonly data: DataOf<R>;
  readonly functions?: Readonly<Record<string, RowFunction<R, unknown>>>;
}>;

type SplitterParams<R, K extends string, L extends string> = With<InputOf<"data_splitter">, {
  readonly data: DataOf<R>;
  readonly split_conditions: { readonly [name in K]: Condition<Seen<R>> };
  readonly rest?: L;
}>;

/** The parameters of a call. Conditional types, because the compiler infers `R` and `K` through these alone. */
export type CallParams<N extends keyof ModMap & string, R, K extends string, L extends string> = N extends
  "data_mapper" ? MapperParams<R>
  : N extends "data_splitter" ? SplitterParams<R, K, L>
  : ModParams<ModMap[N]>;

/** The artifacts of a call. */
export type CallArtifacts<N extends keyof ModMap & string, R, K extends string, L extends string> = N extends
  "data_splitter" ? SplitArtifacts<K | L, Seen<R>> : ModArtifacts<ModMap[N]>;
