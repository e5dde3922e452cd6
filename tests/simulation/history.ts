import { Random } from "./random.ts";

/** What the consumers of a history are set to; times in milliseconds. */
export interface Settings {
  readonly partitions: readonly number[];
  readonly maxFetchRecords: number;
  readonly autoOffsetReset: "earliest" | "latest" | "none";
  readonly onError: "continue" | "retry" | "stop";
  readonly maxRetries: number;
  readonly retryBackoffMs: readonly number[];
  readonly recoveryTimeoutMs: number;
  readonly maxConcurrency: number;
  readonly drainTimeoutMs: number;
  readonly maxProcessingMs: number | undefined;
  readonly deadLetters: boolean;
  /** For how long after the other faults have stopped requests may still get lost. */
  readonly losesForMs: number;
}

/** What an attempt at a message does, if it is not to succeed at once. */
export interface Behaviour {
  /** Virtual time that it takes; 0 is none. */
  readonly ms: number;
  /** Turns of the promise queue that it takes as well; -1 answers or throws without a promise. */
  readonly hops: number;
  readonly outcome:
    | "success"
    | "record"
    | "status"
    | "permanent"
    | "unavailable"
    | "wrapped unavailable"
    | "caught unavailable"
    | "configuration"
    | "no answer"
    | "forgotten await"
    | "late send"
    | "late send fails"
    | "throws nothing";
  /** What it does when its signal fires. */
  readonly onSignal: "ignore" | "throw" | "unavailable" | "success";
  /** What it does to its own consumer: before it waits, or after. */
  readonly asksToStop: "never" | "first" | "last";
}

/** A message that is not to succeed at once. */
export interface Misbehaviour {
  readonly do: "misbehave";
  readonly partition: number;
  readonly offset: number;
  /** Attempts for which it holds, at any consumer; after that the message succeeds. */
  readonly attempts: number;
  /** One after the other, and again from the first. */
  readonly how: readonly Behaviour[];
}

/** What a commit meets. `lost answer`: it is made, and the consumer hears that it failed. */
export interface CommitFault {
  readonly kind: "refused" | "unavailable" | "lost answer" | "configuration" | "none";
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** What a dead letter meets. `lost answer`: it is written, and the consumer hears that it failed. */
export interface LetterFault {
  readonly kind: "written" | "unavailable" | "lost answer" | "configuration";
  readonly ms: number;
}

/** What can get lost without anybody hearing of it. */
export type Lost = "connect" | "join" | "fetch" | "commit" | "answer" | "close";

/** What happens in the world. Partitions and consumers are numbers that are taken modulo how many there are. */
export type Action =
  | { readonly do: "append"; readonly partition: number; readonly count: number }
  | { readonly do: "gap"; readonly partition: number; readonly count: number }
  | { readonly do: "compact"; readonly partition: number; readonly back: number }
  | { readonly do: "truncate"; readonly partition: number; readonly keep: number }
  /** More comes, and goes by retention, than a consumer can have read. */
  | { readonly do: "overrun"; readonly partition: number; readonly count: number; readonly keep: number }
  | { readonly do: "join" }
  | { readonly do: "stop"; readonly consumer: number }
  | { readonly do: "kill"; readonly consumer: number; readonly noticedAfterMs: number }
  | { readonly do: "freeze"; readonly consumer: number; readonly ms: number; readonly dropped: boolean }
  | { readonly do: "drop"; readonly consumer: number }
  | { readonly do: "crash"; readonly consumer: number }
  | { readonly do: "rebalance" }
  | { readonly do: "add partition"; readonly topic: number }
  | { readonly do: "commits"; readonly faults: readonly CommitFault[] }
  | { readonly do: "letters"; readonly faults: readonly LetterFault[] }
  /** The next fetches arrive once more, after a while, if their assignment has ended by then. */
  | { readonly do: "stragglers"; readonly count: number; readonly ms: number }
  /** The next requests of a kind are never answered; `answer`: a commit is made, and its answer is lost. */
  | { readonly do: "lose"; readonly what: Lost; readonly count: number }
  | { readonly do: "hold fetches"; readonly ms: number }
  | { readonly do: "hold commits"; readonly ms: number }
  | { readonly do: "outage"; readonly ms: number }
  | {
    readonly do: "connects";
    readonly count: number;
    readonly ms: number;
    readonly fails: boolean;
    readonly late: boolean;
  };

/** An action and its moment: a time, or so many turns of the promise queue after the n-th thing that was observed. */
export type Event = Action & {
  readonly at: { readonly ms: number } | { readonly note: number; readonly hops: number };
};

/** All that a seed decides but for the order of what happens at the same time. What is dropped from it shrinks it. */
export interface History {
  readonly seed: string;
  readonly settings: Settings;
  readonly events: readonly (Event | Misbehaviour)[];
}

/** When the faults of a history stop, in virtual milliseconds: from then on everything must come to an end. */
export const HEALED_MS = 15_000;

/** The history of a seed. */
export function historyOf(seed: string): History {
  const random = new Random(`${seed}/history`);
  const settings = someSettings(random);
  const total = settings.partitions.reduce((sum, count) => sum + count, 0);
  const events: (Event | Misbehaviour)[] = [];
  const flood = random.chance(0.01);
  for (let partition = 0; partition < total; partition++) {
    const count = flood && partition === 0 ? 1_300 : random.int(0, 12);
    events.push({ do: "append", partition, count, at: { ms: 0 } });
    if (random.chance(0.3)) events.push({ do: "gap", partition, count: random.int(1, 5), at: { ms: 0 } });
    if (random.chance(0.5)) {
      events.push({ do: "append", partition, count: random.int(0, 8), at: { ms: random.int(0, 8_000) } });
    }
    for (let offset = 0; offset < 25; offset++) {
      if (!random.chance(0.3)) continue;
      const attempts = random.weighted([[6, 1], [3, random.int(2, 5)], [1, 1_000]]);
      events.push({ do: "misbehave", partition, offset, attempts, how: someBehaviours(random, settings) });
    }
  }
  for (let i = random.weighted([[3, 1], [3, 2], [1, 3]]); i > 0; i--) {
    events.push({
      do: "join",
      at: { ms: random.weighted([[3, 0], [1, random.int(0, 50)], [1, random.int(0, 9_000)]]) },
    });
  }
  for (let i = random.int(0, 14); i > 0; i--) {
    const at = random.chance(0.5)
      ? { ms: Math.floor(HEALED_MS * random.next() ** 2) }
      : { note: random.int(1, 250), hops: random.int(0, 6) };
    events.push({ ...someAction(random), at });
  }
  return { seed, settings, events };
}

function someSettings(random: Random): Settings {
  return {
    partitions: random.pick([[1], [1], [2], [3], [4], [1, 1], [2, 1]]),
    maxFetchRecords: random.pick([1, 2, 5, 100]),
    autoOffsetReset: random.weighted([[16, "earliest"], [3, "latest"], [1, "none"]]),
    onError: random.weighted([[4, "continue"], [4, "retry"], [2, "stop"]]),
    maxRetries: random.int(0, 3),
    retryBackoffMs: random.pick([[100, 200, 400], [50], [0, 300], [2_000, 100]]),
    recoveryTimeoutMs: random.pick([700, 3_000, 12_000, 60_000]),
    maxConcurrency: random.weighted([[4, 1], [1, 2], [1, 3], [1, 8]]),
    drainTimeoutMs: random.pick([0, 100, 1_000, 5_000]),
    maxProcessingMs: random.weighted([[3, undefined], [1, 150], [1, 800]]),
    deadLetters: random.chance(0.4),
    losesForMs: random.weighted([[3, 0], [1, random.int(1, 200) * 1_000]]),
  };
}

function someBehaviours(random: Random, settings: Settings): Behaviour[] {
  const count = random.weighted([[6, 1], [2, 2], [1, 3]]);
  return Array.from({ length: count }, () => someBehaviour(random, settings));
}

function someBehaviour(random: Random, settings: Settings): Behaviour {
  const limit = settings.maxProcessingMs ?? 400;
  return {
    ms: random.weighted([
      [4, 0],
      [6, random.int(1, 60)],
      [3, random.int(60, 1_500)],
      [1, limit],
      [1, limit + settings.drainTimeoutMs],
      [1, 100_000],
    ]),
    hops: random.int(-1, 4),
    outcome: random.weighted([
      [5, "success"],
      [4, "record"],
      [2, "status"],
      [2, "permanent"],
      [4, "unavailable"],
      [1, "wrapped unavailable"],
      [1, "caught unavailable"],
      [0.3, "configuration"],
      [0.2, "no answer"],
      [0.2, "forgotten await"],
      [1, "late send"],
      [1, "late send fails"],
      [0.5, "throws nothing"],
    ]),
    onSignal: random.weighted([[2, "ignore"], [3, "throw"], [2, "unavailable"], [1, "success"]]),
    asksToStop: random.weighted([[40, "never"], [1, "first"], [1, "last"]]),
  };
}

function someAction(random: Random): Action {
  const consumer = random.int(0, 5);
  const partition = random.int(0, 5);
  const ms = random.weighted([[2, random.int(1, 50)], [2, random.int(50, 2_500)], [
    1,
    random.int(2_500, 9_000),
  ]]);
  return random.weighted<() => Action>([
    [2, () => ({ do: "append", partition, count: random.int(1, 5) })],
    [1, () => ({ do: "gap", partition, count: random.int(1, 4) })],
    [1, () => ({ do: "compact", partition, back: random.int(1, 8) })],
    [1.5, () => ({ do: "truncate", partition, keep: random.int(0, 6) })],
    [2.5, () => ({ do: "overrun", partition, count: random.int(3, 8), keep: random.int(0, 3) })],
    [3, () => ({ do: "join" })],
    [3, () => ({ do: "stop", consumer })],
    [2, () => ({ do: "kill", consumer, noticedAfterMs: random.pick([0, 10, ms]) })],
    [2, () => ({ do: "freeze", consumer, ms, dropped: random.chance(0.6) })],
    [2, () => ({ do: "drop", consumer })],
    [0.3, () => ({ do: "crash", consumer })],
    [3, () => ({ do: "rebalance" })],
    [0.7, () => ({ do: "add partition", topic: random.int(0, 1) })],
    [4, () => ({ do: "commits", faults: someCommitFaults(random, ms) })],
    [2, () => ({ do: "letters", faults: someLetterFaults(random, ms) })],
    [1.5, () => ({ do: "stragglers", count: random.int(1, 6), ms })],
    [2, () => ({
      do: "lose",
      what: random.weighted<Lost>([
        [1, "connect"],
        [2, "join"],
        [4, "fetch"],
        [1, "commit"],
        [1, "answer"],
        [1, "close"],
      ]),
      count: random.weighted([[3, 1], [2, 2], [3, 50]]),
    })],
    [1, () => ({ do: "hold fetches", ms })],
    [1, () => ({ do: "hold commits", ms })],
    [1, () => ({ do: "outage", ms })],
    [1.5, () => ({
      do: "connects",
      count: random.int(1, 2),
      ms,
      fails: random.chance(0.3),
      late: random.chance(0.5),
    })],
  ])();
}

function someLetterFaults(random: Random, ms: number): LetterFault[] {
  return Array.from({ length: random.int(1, 5) }, () => ({
    kind: random.weighted<LetterFault["kind"]>([
      [3, "written"],
      [4, "unavailable"],
      [2, "lost answer"],
      [0.1, "configuration"],
    ]),
    ms: random.pick([0, 0, 5, ms]),
  }));
}

function someCommitFaults(random: Random, ms: number): CommitFault[] {
  return Array.from({ length: random.int(1, 4) }, () => ({
    kind: random.weighted<CommitFault["kind"]>([
      [3, "none"],
      [2, "refused"],
      [3, "unavailable"],
      [3, "lost answer"],
      [0.1, "configuration"],
    ]),
    beforeMs: random.pick([0, 0, 5, ms]),
    afterMs: random.pick([0, 0, 5, ms]),
  }));
}
