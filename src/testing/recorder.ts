import type { ConsumerObserver } from "../consume/observer.ts";
import type { Outcome } from "../consume/processor.ts";
import { describeWork } from "../consume/describe_work.ts";
import { type Ending, isFinal } from "../consume/ending.ts";
import type { Work } from "../consume/work.ts";
import type { ErrorKind } from "../core/errors.ts";
import type { MessageOutcome, MessageRun } from "./job_run.ts";

interface Entry {
  readonly work: Work;
  attempts: number;
  readonly waitsMs: number[];
  outcome: MessageOutcome;
  error: unknown;
  kind: ErrorKind | undefined;
}

const OUTCOMES: Readonly<Record<Ending["kind"], MessageOutcome>> = {
  done: "processed",
  skipped: "skipped",
  dead_lettered: "dead_lettered",
  failed: "failed",
  unfinished: "unfinished",
};

/** Records what happens to each message. */
export class Recorder implements ConsumerObserver {
  readonly #entries = new Map<Work, Entry>();
  readonly #attempting = new Set<Work>();
  readonly #happened: () => void;
  readonly #dealtWith: (count: number) => void;
  #count = 0;
  #closed = false;

  /**
   * @param happened Called at each event.
   * @param dealtWith Called when a message was processed, skipped or written to the dead letters, with how many were.
   */
  constructor(happened: () => void, dealtWith: (count: number) => void) {
    this.#happened = happened;
    this.#dealtWith = dealtWith;
  }

  attempting(work: Work): void {
    if (this.#closed) return;
    this.#entryOf(work).attempts++;
    this.#attempting.add(work);
    this.#happened();
  }

  attempted(work: Work, outcome: Outcome): void {
    this.#attempting.delete(work);
    if (this.#closed) return;
    const entry = this.#entryOf(work);
    entry.error = outcome.ok ? undefined : outcome.error;
    entry.kind = outcome.ok ? undefined : outcome.kind;
    this.#happened();
  }

  waiting(work: Work, afterMs: number): void {
    if (!this.#closed) this.#entryOf(work).waitsMs.push(afterMs);
  }

  ended(work: Work, ending: Ending): void {
    if (this.#closed) return;
    this.#entryOf(work).outcome = OUTCOMES[ending.kind];
    this.#happened();
    if (isFinal(ending)) this.#dealtWith(++this.#count);
  }

  /** Nothing that comes later counts. */
  close(): void {
    this.#closed = true;
  }

  /** What is being attempted now, with the mods that run for it: `orders[0]@3 (in database_insert)`. */
  get attempts(): readonly string[] {
    return [...this.#attempting].map(describeWork);
  }

  get messages(): readonly MessageRun[] {
    return [...this.#entries.values()].map(({ work, attempts, waitsMs, outcome, error, kind }) => {
      const { partition: { assignment: { topic, partition } }, record } = work.task;
      const key = record.key === null ? null : new TextDecoder().decode(record.key);
      const offset = Number(record.offset);
      return { topic, partition, offset, key, attempts, waitsMs, outcome, error, kind };
    });
  }

  #entryOf(work: Work): Entry {
    const present = this.#entries.get(work);
    if (present !== undefined) return present;
    const entry: Entry = {
      work,
      attempts: 0,
      waitsMs: [],
      outcome: "unfinished",
      error: undefined,
      kind: undefined,
    };
    this.#entries.set(work, entry);
    return entry;
  }
}
