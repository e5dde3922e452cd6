import { type ConsumerModel, type EpochModel, lowMark, newEpoch } from "./model.ts";
import type { Watch } from "./watch.ts";

/** Queued records above which a partition is to be paused. */
const QUEUED_RECORDS = 500;

/** How long a rebalance waits for what is in work, in milliseconds. */
const SETTLE_MS = 1_000;

/** What is committed, by assignment. */
type Commits = readonly { readonly epoch: number; readonly offset: number }[];

/** The laws of partitions: assignments, what was read of them, and what is committed. */
export class PartitionLaws {
  readonly #watch: Watch;
  readonly #epochs = new Map<number, EpochModel>();

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  /** The brokers give a partition to a consumer. */
  begins(key: string, position: number): void {
    const problem = this.#watch.topic(key).begins(position, this.#watch.settings.autoOffsetReset);
    if (problem !== undefined) this.#watch.broken("begin", `${key} ${problem}`);
  }

  assigned(
    consumer: ConsumerModel,
    key: string,
    id: number,
    position: number,
    committed: number | null,
  ): void {
    const epoch = newEpoch(id, consumer, key, position, committed);
    const held = consumer.held.get(key) ?? [];
    if (held.some(({ state }) => state !== "passed")) {
      this.#watch.broken("driver", `c${consumer.id} has ${key} twice`);
    }
    consumer.held.set(key, [...held, epoch]);
    consumer.epochs.set(id, epoch);
    this.#epochs.set(id, epoch);
    this.#watch.note(`c${consumer.id} assigned ${key} e${id} at ${position}`);
  }

  delivered(consumer: ConsumerModel, id: number, offsets: readonly number[], next: number): void {
    const epoch = consumer.epochs.get(id);
    if (epoch === undefined) {
      return this.#watch.broken("driver", `records of an assignment that is not there: e${id}`);
    }
    this.#watch.note(`c${consumer.id} ${epoch.key} e${id} reads ${offsets.join(",")} next ${next}`);
    if (epoch.state !== "live" || consumer.stoppedAt !== undefined) return;
    const queued = epoch.delivered.length - epoch.messages.size;
    // what a process missed that stood still would not have been sent to it
    const isCatchingUp = consumer.thawedAt === this.#watch.time.now;
    if (!isCatchingUp && consumer.opened && queued > QUEUED_RECORDS + 2 * consumer.settings.maxFetchRecords) {
      this.#watch.broken(
        "memory",
        `c${consumer.id} queues ${queued} records of ${epoch.key}, and goes on reading`,
      );
    }
    for (const [i, offset] of offsets.entries()) {
      if (offset < (i === 0 ? epoch.read : (offsets[i - 1] as number) + 1)) {
        this.#watch.broken("driver", `c${consumer.id} reads ${epoch.key}@${offset} again in e${id}`);
      }
    }
    epoch.delivered.push(...offsets);
    epoch.read = Math.max(epoch.read, next);
  }

  /** Whether nothing of an assignment is handed out any more. */
  hasEnded(id: number): boolean {
    return this.#epochs.get(id)?.state !== "live";
  }

  revoking(consumer: ConsumerModel, ids: readonly number[]): void {
    for (const epoch of this.#named(consumer, ids)) {
      if (epoch.state === "live") epoch.state = "revoked";
      epoch.revokedAt = this.#watch.time.now;
      this.#watch.leave(consumer, epoch.key);
    }
    this.#watch.note(`c${consumer.id} revoking ${ids.map((id) => `e${id}`).join(",")}`);
  }

  lost(consumer: ConsumerModel, ids: readonly number[], reason: string): void {
    consumer.commitsSurelyFailSince = undefined;
    for (const id of ids) {
      const epoch = consumer.epochs.get(id);
      if (epoch === undefined) continue;
      if (reason === "closed" && epoch.state === "live") epoch.doneAtClose = epoch.doneMax;
      if (reason === "rebalance") this.#checkWaited(epoch);
      epoch.state = reason === "out_of_range" ? "passed" : "lost";
      if (epoch.state === "passed") continue;
      this.#watch.leave(consumer, epoch.key);
      for (const one of consumer.held.get(epoch.key) ?? []) one.state = "lost";
      consumer.held.delete(epoch.key);
    }
    this.#watch.note(`c${consumer.id} lost ${ids.map((id) => `e${id}`).join(",")}: ${reason}`);
  }

  /** Before a partition is given back, what is in work of it has a second to end and to be committed. */
  #checkWaited({ consumer, key, revokedAt }: EpochModel): void {
    const { now } = this.#watch.time;
    if (revokedAt === undefined || now - revokedAt >= SETTLE_MS || consumer.thawedAt >= revokedAt) return;
    for (const { message } of consumer.running) {
      if (message.epoch.key !== key) continue;
      this.#watch.broken(
        "rebalance",
        `c${consumer.id} gives back ${key} and does not wait for ${message.offset}`,
      );
    }
  }

  commitSent(
    consumer: ConsumerModel,
    offsets: Commits,
  ): void {
    this.#watch.note(
      `c${consumer.id} commits ${offsets.map(({ epoch, offset }) => `e${epoch}@${offset}`).join(" ")}`,
    );
    if (++consumer.commitsInFlight > 1) {
      this.#watch.broken("one commit", `c${consumer.id} has two commits in flight`);
    }
    if (offsets.length === 0) this.#watch.broken("one commit", `c${consumer.id} commits nothing`);
    if (consumer.settledAt !== undefined) this.#watch.broken("end", `c${consumer.id} commits after its end`);
    consumer.commitsFailSince ??= this.#watch.time.now;
    consumer.commitsSurelyFailSince ??= this.#watch.time.now;
    for (const { epoch: id, offset } of offsets) {
      const epoch = consumer.epochs.get(id);
      if (epoch === undefined || epoch.state === "lost" || epoch.state === "passed") {
        this.#watch.broken("fence", `c${consumer.id} commits ${offset} of e${id}, which it has lost`);
        continue;
      }
      const mark = lowMark(epoch);
      if (offset > mark) {
        this.#watch.broken(
          "unfinished",
          `c${consumer.id} commits ${epoch.key}@${offset}, and ${mark} is not finished`,
        );
      }
      if (offset < epoch.sent) {
        this.#watch.broken(
          "back",
          `c${consumer.id} commits ${epoch.key}@${offset} after ${epoch.sent} in e${id}`,
        );
      }
      if (offset <= epoch.answered) {
        this.#watch.broken("one commit", `c${consumer.id} commits ${epoch.key}@${offset} of e${id} again`);
      }
      epoch.sent = offset;
    }
  }

  commitAnswered(
    consumer: ConsumerModel,
    offsets: Commits,
    answer: "ok" | "refused" | "unavailable" | "configuration",
    error?: unknown,
  ): void {
    this.#watch.note(`c${consumer.id} commit answered: ${answer}`);
    consumer.commitsInFlight--;
    consumer.lastCommit = answer === "ok" || answer === "refused" ? answer : "failed";
    for (const { epoch: id, offset } of offsets) {
      const epoch = consumer.epochs.get(id);
      if (epoch === undefined) continue;
      if (answer === "ok") epoch.answered = Math.max(epoch.answered, offset);
      if (answer === "refused") epoch.refused = true;
    }
    if (answer === "configuration") {
      this.#watch.mustEnd(consumer, {
        what: "a commit is not allowed",
        explains: (found) => found === error,
      });
    } else if (answer === "unavailable") this.#commitsFail(consumer);
    if (answer !== "unavailable") consumer.commitsFailSince = consumer.commitsSurelyFailSince = undefined;
  }

  #commitsFail(consumer: ConsumerModel): void {
    const cause = {
      what: "commits are unavailable",
      explains: (error: unknown) => (error as Error).message === "Cannot commit offsets",
    };
    const { commitsFailSince, commitsSurelyFailSince, stoppedAt } = consumer;
    const isOver = (since: number | undefined) =>
      since !== undefined && this.#watch.time.now - since >= consumer.settings.recoveryTimeoutMs;
    if (isOver(commitsSurelyFailSince) && stoppedAt === undefined) this.#watch.mustEnd(consumer, cause);
    else if (isOver(commitsFailSince)) consumer.causes.push(cause);
  }

  /** The group has accepted a commit. */
  accepted(key: string, id: number, offset: number): void {
    const epoch = this.#epochs.get(id);
    const problem = this.#watch.topic(key).accepted(offset);
    if (problem !== undefined) this.#watch.broken("lost", `${key}, e${id}: ${problem}`);
    if (epoch !== undefined && offset > lowMark(epoch)) {
      this.#watch.broken(
        "unfinished",
        `the group has ${key}@${offset}, and ${lowMark(epoch)} is not finished in e${id}`,
      );
    }
  }

  /** The session has ended, or never began, by an error. */
  sessionFailed(consumer: ConsumerModel, error: unknown): void {
    this.#watch.note(`c${consumer.id} session failed: ${error}`);
    this.#watch.mustEnd(consumer, { what: "the session failed", explains: (found) => found === error });
  }

  #named(consumer: ConsumerModel, ids: readonly number[]): EpochModel[] {
    return ids.map((id) => consumer.epochs.get(id)).filter((epoch) => epoch !== undefined);
  }
}
