import type { Mod, ParamsOutput } from "../core/define_mod.ts";
import type { ModMap } from "../core/mod_map.ts";
import type { ModArtifacts } from "../core/runner.ts";
import type { MemoryConnection } from "./memory_connection.ts";

/** What a mod's `run` is given: references filled in, defaults too. */
export type ModRunParams<M> = M extends Mod<string, infer P> ? ParamsOutput<P> : never;

/** One call of a mod, counted from 1 over the whole run, retries included. A call whose parameters were refused is none. */
export interface CallOfMod {
  /** The mod, by its name. */
  readonly mod: keyof ModMap & string;
  /** Which of its calls: 1 is the first. */
  readonly call: number;
  /** Before the mod does its work, or after it. Default: before. */
  readonly when?: "before" | "after";
}

/** A moment of a run: when so many messages were processed or skipped, the last of them not yet committed; or a call. */
export type Moment = { readonly after: number } | { readonly at: CallOfMod };

/** Makes calls of a mod fail. */
export interface ModFailure {
  /** The first call that fails; 1 is the first of the run. */
  readonly call: number;
  /** How many calls in a row fail. Default: 1. `Infinity`: all that follow. */
  readonly times?: number;
  /** What is thrown: an `UnavailableError` for an outage, a `PermanentError` for data that does not fit. */
  readonly with: Error;
  /** `after`: the mod does its work first, as where only the answer is lost. Default: before. */
  readonly when?: "before" | "after";
}

/** What stands in for a mod: takes the parameters as the mod's own `run` does, returns the mod's artifacts. */
export type ModStandIn<N extends keyof ModMap & string> = (
  params: ModRunParams<ModMap[N]>,
) => ModArtifacts<ModMap[N]> | Promise<ModArtifacts<ModMap[N]>>;

/** How a job runs in a test. */
export interface RunOptions {
  /** Settings by key, such as `"database.url"`: over what the job's context file says, or without one. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The environment that the job sees, in place of the process's. It wins over `settings`, as it does in production. */
  readonly env?: Readonly<Record<string, string>>;
  /** Topics in memory that are there already, from `memoryConnection()` or of an earlier run. Default: new ones. */
  readonly kafka?: MemoryConnection;
  /** Stand-ins for mods, by name. Parameters are still checked, references filled in. */
  readonly mods?: { readonly [N in keyof ModMap & string]?: ModStandIn<N> };
  /** Calls of mods that fail, by the mod's name. */
  readonly fail?: { readonly [N in keyof ModMap & string]?: ModFailure | readonly ModFailure[] };
  /** When the job is asked to stop, as by SIGTERM. Default: when it has dealt with all messages. */
  readonly stop?: Moment | AbortSignal;
  /** When the job ends as by SIGKILL: nothing more is done, nothing committed, and its group has lost it. */
  readonly crash?: Moment;
  /** Called when `main` has ended, as part of the job and before what it opened is closed: to look into a database. */
  readonly beforeClose?: () => unknown;
  /** How long the run may take, in milliseconds of real time. Default: 20000. */
  readonly timeoutMs?: number;
  /** Print the job's log to standard error as well. Default: false. */
  readonly print?: boolean;
}
