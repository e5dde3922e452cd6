import type { Mod, ModContext, ModOutput } from "../core/define_mod.ts";
import type { ModFailure, RunOptions } from "./options.ts";
import type { ModRun } from "./job_run.ts";

type AnyStandIn = (params: Readonly<Record<string, unknown>>) => unknown;
type Output = ModOutput<Readonly<Record<string, never>>>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The mod that runs as long as the job: what it waits for shows elsewhere. */
const CONSUMER = "kafka_consumer";

/** What stand-ins tell. */
export interface StandInPorts {
  /** Called at each event. */
  happened(): void;
  /** A call of a mod is about to begin its work, or has ended it. */
  called(mod: string, call: number, when: "before" | "after"): void;
  /** Whether the job was killed: nothing goes on then. */
  isDead(): boolean;
}

/** Stands around the mods of a job: records their calls, makes them fail, puts others in their places. */
export class StandIns {
  readonly runs: Mutable<ModRun>[] = [];
  /** How often each mod was called. */
  readonly calls = new Map<string, number>();
  readonly #mods: Readonly<Record<string, AnyStandIn | undefined>>;
  readonly #failures: ReadonlyMap<string, readonly ModFailure[]>;
  readonly #ports: StandInPorts;
  readonly #inPlace = new Map<Mod, Mod>();
  readonly #working = new Map<Promise<unknown>, { readonly mod: string; readonly real: boolean }>();

  constructor({ mods = {}, fail = {} }: RunOptions, ports: StandInPorts) {
    this.#mods = mods as Readonly<Record<string, AnyStandIn | undefined>>;
    const failures = Object.entries(fail) as [string, ModFailure | readonly ModFailure[]][];
    this.#failures = new Map(failures.map(([mod, given]) => [mod, [given].flat()]));
    this.#ports = ports;
  }

  /** What runs in the place of a mod. */
  readonly inPlaceOf = (mod: Mod): Mod => {
    const present = this.#inPlace.get(mod);
    if (present !== undefined) return present;
    const inPlace: Mod = { ...mod, run: (params, context) => this.#call(mod, params, context) };
    this.#inPlace.set(mod, inPlace);
    return inPlace;
  };

  /** Names of the mods that work now, consumers apart; `real` are not stand-ins. */
  working(real?: boolean): readonly string[] {
    const all = [...this.#working.values()].filter(({ mod }) => mod !== CONSUMER);
    return all.filter((one) => real === undefined || one.real === real).map(({ mod }) => mod);
  }

  /** How many consumers run. */
  get consumers(): number {
    return [...this.#working.values()].filter(({ mod }) => mod === CONSUMER).length;
  }

  /** Resolves when the real mods that work now have ended, consumers apart. Never rejects. */
  async settled(): Promise<void> {
    const real = [...this.#working].filter(([, { mod, real }]) => real && mod !== CONSUMER);
    await Promise.allSettled(real.map(([work]) => work));
  }

  /** The failures that no call came to. */
  get unused(): readonly string[] {
    return [...this.#failures].flatMap(([mod, failures]) => {
      const calls = this.calls.get(mod) ?? 0;
      return failures.filter(({ call }) => call > calls)
        .map(({ call }) => `call ${call} of ${mod} (it had ${calls})`);
    });
  }

  async #call(
    mod: Mod,
    params: Readonly<Record<string, unknown>>,
    context: ModContext,
  ): Promise<Output> {
    const { isDead, called } = this.#ports;
    if (isDead()) return await forever();
    const call = (this.calls.get(mod.name) ?? 0) + 1;
    this.calls.set(mod.name, call);
    const warnings: string[] = [];
    const run: Mutable<ModRun> = { mod: mod.name, params, metrics: {}, warnings, error: undefined };
    this.runs.push(run);
    called(mod.name, call, "before");
    try {
      if (!isDead()) this.#fail(mod.name, call, "before");
      const warn = (message: string) => (warnings.push(message), context.warn(message));
      const output = isDead() ? undefined : await this.#work(mod, params, { ...context, warn });
      if (output !== undefined) {
        run.metrics = output.metrics ?? {};
        called(mod.name, call, "after");
        this.#fail(mod.name, call, "after");
        if (!isDead()) return output;
      }
    } catch (error) {
      if (!isDead()) {
        run.error = error;
        throw error;
      }
    }
    return await forever();
  }

  async #work(
    mod: Mod,
    params: Readonly<Record<string, unknown>>,
    context: ModContext,
  ): Promise<Output> {
    const standIn = this.#mods[mod.name];
    const work = standIn === undefined
      ? Promise.resolve(mod.run(params, context) as Output | Promise<Output>)
      : (async () => ({ artifacts: await standIn(params) }) as Output)();
    this.#working.set(work, { mod: mod.name, real: standIn === undefined });
    this.#ports.happened();
    try {
      return await work;
    } finally {
      this.#working.delete(work);
      this.#ports.happened();
    }
  }

  #fail(mod: string, call: number, moment: "before" | "after"): void {
    const failure = this.#failures.get(mod)?.find(({ call: first, times = 1, when = "before" }) =>
      when === moment && call >= first && call < first + times
    );
    if (failure !== undefined) throw failure.with;
  }
}

/** What a killed process is to those that wait for it. */
export function forever(): Promise<never> {
  return new Promise(() => {});
}
