import { ConfigurationError, UnavailableError } from "../../src/core/errors.ts";
import type { ConnectionConfig } from "../../src/kafka/connection.ts";
import {
  type Assignment,
  type ConsumerEvents,
  type ConsumerOptions,
  type ConsumerSession,
  type FetchedRecords,
  type KafkaDriver,
  type OffsetCommit,
  PartitionsLostError,
  type RawRecord,
  type SentRecord,
} from "../../src/kafka/driver.ts";
import type { DeadMessage } from "../../src/consume/dead_letters_letter.ts";
import type { MemoryDriver } from "../../src/kafka/memory/driver.ts";
import type { CommitFault, LetterFault } from "./history.ts";
import type { ConsumerModel } from "./model.ts";
import type { ProcessClock, Scheduler } from "./scheduler.ts";
import type { Verifier } from "./verifier.ts";

/** What a spy needs of its world. */
export interface SpyWorld {
  readonly memory: MemoryDriver;
  readonly scheduler: Scheduler;
  readonly verifier: Verifier;
  /** The brokers give partitions to a consumer, whether or not it hears of that. */
  begins(partitions: readonly Assignment[]): void;
  /** What the next commit meets. */
  commitFault(): CommitFault | undefined;
  /** After how many milliseconds this fetch arrives once more; undefined is never. */
  straggler(): number | undefined;
  /** What the next dead letter meets. */
  letterFault(): LetterFault | undefined;
  /** Whether this request, or its answer, gets lost in silence. */
  loses(what: "commit" | "answer" | "close"): boolean;
  /** A number for an assignment that is the same in each run of a history. */
  nameOf(epoch: number): number;
  /** What the next connection meets. */
  connectFault(): { readonly ms: number; readonly fails: boolean; readonly late: boolean } | undefined;
}

const never = () => new Promise<never>(() => {});
const keyOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;

/** The memory driver as one process sees it: it tells the verifier what passes, and breaks what a history wants broken. */
export class SpyDriver implements KafkaDriver {
  readonly isInMemory = true;
  /** Sessions that were opened and not closed; one whose close gets lost counts as closed. */
  openSessions = 0;
  /** Rebalances that wait for this process to give up its partitions. */
  revokings = 0;
  /** The step in which the last one was opened. */
  openedStep = -1;
  /** The assignment that a record was handed on for; each is handed on as an object of its own. */
  readonly epochs = new WeakMap<RawRecord, number>();
  #session: ConsumerSession | undefined;
  #connecting = false;
  #dead = false;
  /** Sessions that were closed because another was to take their place: nobody hears what is answered to them. */
  readonly #givenUp = new WeakSet<ConsumerSession>();

  constructor(
    private readonly world: SpyWorld,
    private readonly model: ConsumerModel,
    private readonly clock: ProcessClock,
  ) {}

  listTopics(): Promise<never> {
    return Promise.reject(new TypeError("a consumer lists no topics"));
  }

  describeTopics(): Promise<never> {
    return Promise.reject(new TypeError("a consumer looks no topics up"));
  }

  produce(): Promise<never> {
    return Promise.reject(new TypeError("a consumer sends nothing"));
  }

  async consume(
    connection: ConnectionConfig,
    options: ConsumerOptions,
    events: ConsumerEvents,
  ): Promise<ConsumerSession> {
    if (this.#connecting) this.world.verifier.ends.madeAnew(this.model); // there was no session to close
    this.#connecting = true;
    const fault = this.world.connectFault();
    if (fault !== undefined && !fault.late) await this.#pass(fault.ms);
    if (fault?.fails) {
      await this.#running();
      const error = new UnavailableError("no broker: broken on purpose");
      this.world.verifier.partitions.sessionFailed(this.model, error);
      throw error;
    }
    const session = await this.world.memory.consume(connection, options, this.#events(events));
    this.#session = session;
    if (fault?.late) await this.#pass(fault.ms); // what it is assigned may be there before
    if (this.#dead) await session.close();
    await this.#running();
    this.#connecting = false;
    this.world.verifier.ends.opened(this.model);
    this.openSessions++;
    this.openedStep = this.world.scheduler.steps;
    return {
      commit: (offsets) => this.#commit(session, offsets),
      pause: (partition) => session.pause(partition),
      resume: (partition) => session.resume(partition),
      underWay: () => session.underWay(),
      outage: undefined,
      close: async () => {
        if (this.model.stoppedAt === undefined) {
          this.#givenUp.add(session);
          this.world.verifier.ends.madeAnew(this.model);
        }
        await session.close();
        await this.#running();
        this.openSessions--;
        if (this.world.loses("close")) await never();
      },
    };
  }

  /** The process is dead; the group notices after a while. */
  kill(noticedAfterMs: number): void {
    this.#dead = true;
    this.world.scheduler.after(noticedAfterMs, () => void this.#session?.close());
  }

  #events(events: ConsumerEvents): ConsumerEvents {
    const { verifier } = this.world;
    const { model } = this;
    const ids = (partitions: readonly { readonly epoch: number }[]) =>
      partitions.map(({ epoch }) => this.world.nameOf(epoch));
    const tell = (run: () => void) => this.#dead ? undefined : this.clock.whenRunning(run);
    return {
      assigned: (partitions) => {
        this.world.begins(partitions);
        tell(() => {
          for (const { epoch, position, committed, ...at } of partitions) {
            verifier.partitions.assigned(
              model,
              keyOf(at),
              this.world.nameOf(epoch),
              Number(position),
              committed === null ? null : Number(committed),
            );
          }
          events.assigned(partitions);
        });
      },
      records: (fetched) =>
        tell(() => {
          const records = fetched.records.map((record) => ({ ...record }));
          for (const record of records) this.epochs.set(record, this.world.nameOf(fetched.epoch));
          const offsets = records.map(({ offset }) => Number(offset));
          verifier.partitions.delivered(
            model,
            this.world.nameOf(fetched.epoch),
            offsets,
            Number(fetched.nextOffset),
          );
          events.records({ ...fetched, records });
          const ms = this.world.straggler();
          if (ms !== undefined) {
            this.world.scheduler.after(ms, () => tell(() => this.#straggle(fetched, events)));
          }
        }),
      revoking: (partitions) => {
        if (this.#dead) return never();
        return new Promise((resolve) =>
          tell(() => {
            verifier.partitions.revoking(model, ids(partitions));
            this.revokings++;
            resolve(events.revoking(partitions).finally(() => this.revokings--));
          })
        );
      },
      lost: (partitions, reason) =>
        tell(() => {
          const isGivenUp = reason === "closed" && model.stoppedAt === undefined;
          verifier.partitions.lost(model, ids(partitions), isGivenUp ? "made anew" : reason);
          events.lost(partitions, reason);
        }),
      crashed: (error) =>
        tell(() => {
          verifier.partitions.sessionFailed(model, error);
          events.crashed(error);
        }),
    };
  }

  /** Records of an assignment that has ended: they were on their way. */
  #straggle(fetched: FetchedRecords, events: ConsumerEvents): void {
    const epoch = this.world.nameOf(fetched.epoch);
    if (!this.world.verifier.partitions.hasEnded(epoch)) return;
    this.world.verifier.watch.note(`c${this.model.id} e${epoch} stragglers`);
    const records = fetched.records.map((record) => ({ ...record }));
    for (const record of records) this.epochs.set(record, epoch);
    events.records({ ...fetched, records });
  }

  /** Writes a dead letter, or not. */
  async writeLetter({ topic, partition, record }: DeadMessage): Promise<SentRecord> {
    const { verifier } = this.world;
    const offset = Number(record.offset);
    const message = verifier.messages.letterStarts(this.model, this.epochs.get(record) as number, offset);
    const fault = this.world.letterFault() ?? { kind: "written", ms: 1 };
    await this.#pass(fault.ms);
    await this.#running();
    if (fault.kind === "written") {
      verifier.messages.letterEnds(this.model, message, "written");
      return { topic: "letters", partition, offset: record.offset };
    }
    const place = `${topic}[${partition}]@${offset}`;
    const error = fault.kind === "configuration"
      ? new ConfigurationError(`the letter of ${place} is not allowed`)
      : new UnavailableError(`the letter of ${place} is not acknowledged`);
    verifier.messages.letterEnds(
      this.model,
      message,
      fault.kind === "configuration" ? "configuration" : "unavailable",
      error,
    );
    throw error;
  }

  async #commit(session: ConsumerSession, offsets: readonly OffsetCommit[]): Promise<void> {
    const { verifier } = this.world;
    const seen = offsets.map(({ epoch, offset }) => ({
      epoch: this.world.nameOf(epoch),
      offset: Number(offset),
    }));
    verifier.partitions.commitSent(this.model, seen);
    const fault = this.world.commitFault();
    try {
      if (this.world.loses("commit")) await never();
      if (fault !== undefined) await this.#commitWith(fault, session, offsets);
      else await session.commit(offsets);
      if (this.world.loses("answer")) await never();
    } catch (error) {
      await this.#running();
      if (this.#givenUp.has(session)) throw error;
      const answer = error instanceof PartitionsLostError
        ? "refused"
        : error instanceof ConfigurationError
        ? "configuration"
        : "unavailable";
      verifier.partitions.commitAnswered(this.model, seen, answer, error);
      throw error;
    }
    await this.#running();
    if (!this.#givenUp.has(session)) verifier.partitions.commitAnswered(this.model, seen, "ok");
  }

  async #commitWith(
    fault: CommitFault,
    session: ConsumerSession,
    offsets: readonly OffsetCommit[],
  ): Promise<void> {
    await this.#pass(fault.beforeMs);
    if (fault.kind === "refused") {
      this.world.memory.broker.failNextCommits(1, new PartitionsLostError("refused on purpose"));
    } else if (fault.kind === "unavailable") throw new UnavailableError("no answer: broken on purpose");
    else if (fault.kind === "configuration") throw new ConfigurationError("not allowed: broken on purpose");
    await session.commit(offsets);
    await this.#pass(fault.afterMs);
    if (fault.kind === "lost answer") throw new UnavailableError("outcome unknown: broken on purpose");
  }

  async #pass(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => void this.world.scheduler.after(ms, resolve));
  }

  /** Resolves when the process is there to hear of it: never where it is dead. */
  #running(): Promise<void> {
    return new Promise((resolve) => this.#dead ? undefined : this.clock.whenRunning(resolve));
  }
}
