import { ConfigurationError, errorText } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { ConsumerOptions, SessionStep } from "../driver.ts";
import { factsOf } from "./error_facts.ts";
import { translateError } from "./errors.ts";
import type { Cluster } from "./internals.ts";
import { isForgotten, isRebalance } from "./membership.ts";
import { Outage } from "./outage.ts";
import type { Outages } from "./outages.ts";
import { UNKNOWN_TOPIC, UNKNOWN_TOPIC_MS } from "./unknown_topic.ts";

/** Who is not let in for long says so now and again, in milliseconds. */
const TELL_EVERY_MS = 30_000;

/** What patience needs. */
export interface PatiencePorts {
  readonly cluster: Cluster;
  readonly options: ConsumerOptions;
  readonly clock: Clock;
  readonly outages: Outages;
  /** Fires when nobody waits any more. */
  readonly closing: AbortSignal;
}

/** Something to try until it succeeds. */
export interface Attempt<T> {
  readonly step: "connect" | "join";
  /** `join group "g"`. */
  readonly doing: string;
  /** `the answer of group "g"`. */
  readonly waitsFor: string;
  once(): Promise<T>;
}

/** Tries what a session begins with again and again: to connect, and to join. */
export class Patience {
  readonly #ports: PatiencePorts;
  readonly #outage: Outage;
  #underWay: SessionStep | undefined;
  #moves = 0;

  constructor(ports: PatiencePorts) {
    this.#ports = ports;
    const { clock, options: { log, recoveryTimeoutMs }, outages } = ports;
    this.#outage = new Outage({ clock, log, boundMs: recoveryTimeoutMs, listener: outages.of("join") });
  }

  /** What is tried now; undefined where that is nothing. */
  get underWay(): SessionStep | undefined {
    return this.#underWay;
  }

  /** Tries until it succeeds; undefined where the session is closed meanwhile. Rejects where no waiting helps. */
  async until<T>(attempt: Attempt<T>): Promise<T | undefined> {
    try {
      return await this.#until(attempt);
    } finally {
      this.#underWay = undefined;
    }
  }

  async #until<T>({ step, doing, waitsFor, once }: Attempt<T>): Promise<T | undefined> {
    const { clock, options, closing } = this.#ports;
    let unknownSince: number | undefined;
    let toldAt = clock.now();
    while (!closing.aborted) {
      this.#underWay = { id: step, step, waitsFor, moves: ++this.#moves };
      try {
        const result = await once();
        this.#outage.over();
        return result;
      } catch (error) {
        this.#underWay = { id: step, step, waitsFor, moves: ++this.#moves };
        if (factsOf(error).type === UNKNOWN_TOPIC) {
          unknownSince ??= clock.now();
          if (clock.now() - unknownSince > UNKNOWN_TOPIC_MS) throw await this.#unknownTopic(error);
          await clock.sleep(200, closing);
          continue;
        }
        unknownSince = undefined; // a broker that has just come back does not know its topics at once
        if (isForgotten(error) || isRebalance(error)) {
          const isLong = clock.now() - toldAt >= TELL_EVERY_MS;
          if (isLong) toldAt = clock.now();
          options.log[isLong ? "warning" : "debug"](`Cannot ${doing} yet: ${errorText(error)}`);
          await clock.sleep(100, closing); // not an outage: the group moves on, so join again
          continue;
        }
        options.log.debug(`Cannot ${doing}: ${errorText(error)}`);
        await this.#outage.failed(error, doing, closing);
      }
    }
    return undefined;
  }

  async #unknownTopic(cause: unknown): Promise<Error> {
    const { cluster, options } = this.#ports;
    const broker = cluster.brokerPool.seedBroker;
    const there = (await broker?.metadata())?.topicMetadata.map(({ topic }) => topic) ?? [];
    const [missing] = options.topics.filter((topic) => !there.includes(topic));
    if (missing === undefined) return translateError(cause, `consume ${options.topics.join(", ")}`);
    const hint = didYouMean(missing, there.filter((topic) => !topic.startsWith("__")));
    return new ConfigurationError(
      `Cannot consume topic "${missing}": there is no such topic, or this user may not see it${hint} ` +
        "(create it, or correct its name)",
      { cause },
    );
  }
}
