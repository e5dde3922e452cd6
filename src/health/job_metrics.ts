import type { Mod } from "../core/define_mod.ts";
import { kindOf } from "../core/errors.ts";
import type { Sending, SendObserver } from "../core/sends.ts";
import type { Clock } from "../runtime/clock.ts";
import type { JOB_METRICS } from "./job_metrics_table.ts";
import type { Distribution, Registry } from "./registry.ts";

type Name = typeof JOB_METRICS[number]["name"];

/** A job may send to topics that it makes up: so many have series of their own, the others share one. */
export const MOST_TOPICS = 100;
const OTHERS = "(other)";

/** Counts what a job sends. */
export class SendMetrics implements SendObserver {
  readonly #registry: Registry<Name>;
  readonly #topics = new Set<string>();

  constructor(registry: Registry<Name>) {
    this.#registry = registry;
  }

  sent({ topic: given, records, bytes }: Sending, ms: number): void {
    const topic = this.#bounded(given);
    this.#registry.value("datapy_sent_records_total", { topic }).add(records);
    this.#registry.value("datapy_sent_bytes_total", { topic }).add(bytes);
    this.#registry.distribution("datapy_send_seconds", { topic }).observe(ms / 1000);
  }

  failed({ topic }: Sending, error: unknown): void {
    this.#registry.value("datapy_send_failures_total", { topic: this.#bounded(topic), kind: kindOf(error) })
      .add();
  }

  #bounded(topic: string): string {
    if (this.#topics.size < MOST_TOPICS) this.#topics.add(topic);
    return this.#topics.has(topic) ? topic : OTHERS;
  }
}

/** Puts a mod that is timed in the place of each; always the same one. */
export function timedMods(registry: Registry<Name>, clock: Pick<Clock, "now">): (mod: Mod) => Mod {
  const timed = new WeakMap<Mod, Mod>();
  const made = (mod: Mod): Mod => ({ ...mod, run: timedRun(mod, registry, clock) });
  return (mod) => {
    const present = timed.get(mod) ?? made(mod);
    timed.set(mod, present);
    return present;
  };
}

function timedRun(mod: Mod, registry: Registry<Name>, clock: Pick<Clock, "now">): Mod["run"] {
  let seconds: Distribution | undefined;
  return async (params, context) => {
    const began = clock.now();
    try {
      const output = await mod.run(params, context);
      seconds ??= registry.distribution("datapy_mod_seconds", { mod: mod.name });
      seconds.observe((clock.now() - began) / 1000);
      return output;
    } catch (error) {
      registry.value("datapy_mod_failures_total", { mod: mod.name, kind: kindOf(error) }).add();
      throw error;
    }
  };
}
