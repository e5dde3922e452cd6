import { UnavailableError } from "../core/errors.ts";
import { headerText } from "../consume/dead_letters_headers.ts";
import type { OutgoingRecord, ProducerSession, RawRecord } from "../kafka/driver.ts";
import type { Clock } from "../runtime/clock.ts";
import { MARK } from "./dlq_marks.ts";
import { dlqText } from "./text/dlq.ts";

/** Value of a mark's header in a record by which a redrive holds its topic, or lets it go. */
const HOLD = "hold";

/** The records lie in one partition, which every topic has: its order says who was first. */
export const HOLD_PARTITION = 0;

/** A hold ends so long after it was last renewed, in milliseconds: then its run was killed. */
export const HOLD_MS = 30_000;
const RENEW_MS = 10_000;

/** Who holds a topic, until when. */
export interface HoldRecord {
  readonly run: string;
  /** Unix time in milliseconds; 0 where it lets go. */
  readonly until: number;
}

/** What a record says of a hold; undefined where it is none. */
export function readHold({ headers, value }: RawRecord): HoldRecord | undefined {
  if (headerText(headers, MARK) !== HOLD || value === null) return undefined;
  try {
    const { run, until } = JSON.parse(new TextDecoder().decode(value)) as Record<string, unknown>;
    return { run: String(run), until: until === null ? 0 : Date.parse(String(until)) || 0 };
  } catch {
    return { run: "", until: 0 }; // somebody else's
  }
}

function holdRecord({ run, until }: HoldRecord): OutgoingRecord {
  const encode = (text: string) => new TextEncoder().encode(text);
  const value = { run, until: until === 0 ? null : new Date(until).toISOString() };
  return {
    partition: HOLD_PARTITION,
    key: null,
    value: encode(JSON.stringify(value)),
    headers: [[MARK, encode(HOLD)]],
  };
}

/** What is in a topic of holds, in its order. */
export class Holds {
  readonly #records: HoldRecord[] = [];

  /** Takes note of the next record. */
  add(record: HoldRecord): void {
    this.#records.push(record);
  }

  /**
   * Until when a run that began before this one holds the topic; undefined where none does. One that lets go after this
   * run has begun counts as holding still: its last marks may have come too late to be seen.
   */
  heldBefore(run: string, now: number): number | undefined {
    const others = new Map<string, number>();
    let isSeen = false;
    for (const record of this.#records) {
      if (record.run === run) isSeen = true;
      else if (!isSeen || (others.has(record.run) && record.until > 0)) others.set(record.run, record.until);
    }
    if (!isSeen) throw new UnavailableError(dlqText.holdUnread);
    return [...others.values()].find((until) => until > now);
  }
}

/** What a hold needs. */
export interface HoldPorts {
  readonly producer: Pick<ProducerSession, "send">;
  readonly topic: string;
  readonly clock: Clock;
  /** Bound of each send, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Keeps other redrives away from a dead letter topic, wherever they run: a record in the topic itself, renewed while this
 * lasts. Of several that begin at once the one is first whose record is.
 */
export class Hold implements AsyncDisposable {
  readonly #ports: HoldPorts;
  readonly #run = crypto.randomUUID();
  readonly #over = new AbortController();
  #until = 0;
  #renewing: Promise<void> | undefined;

  private constructor(ports: HoldPorts) {
    this.#ports = ports;
  }

  /** Writes that this run wants the topic. What others have written is looked at afterwards, by {@link Hold.check}. */
  static async take(ports: HoldPorts): Promise<Hold> {
    const hold = new Hold(ports);
    await hold.#write();
    hold.#renewing = hold.#renew();
    return hold;
  }

  /** Throws an `UnavailableError` where another run was first. */
  check(holds: Holds): void {
    const { clock, topic } = this.#ports;
    const until = holds.heldBefore(this.#run, clock.wallTime());
    if (until !== undefined) throw new UnavailableError(dlqText.held(topic, new Date(until).toISOString()));
  }

  /** Throws an `UnavailableError` where the hold was not renewed in time: another run may have begun. */
  assure(): void {
    const { clock, topic } = this.#ports;
    if (clock.wallTime() >= this.#until) throw new UnavailableError(dlqText.holdLost(topic));
  }

  /** Lets go. Never rejects: a hold that is not let go ends by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#renewing;
    await this.#send(0).catch(() => {});
  }

  async #renew(): Promise<void> {
    const { clock } = this.#ports;
    while (true) {
      await clock.sleep(RENEW_MS, this.#over.signal);
      if (this.#over.signal.aborted || clock.wallTime() >= this.#until) return;
      await this.#write().catch(() => {}); // the next one may come through; else assure() says so
    }
  }

  async #write(): Promise<void> {
    const until = this.#ports.clock.wallTime() + HOLD_MS;
    await this.#send(until);
    this.#until = until;
  }

  async #send(until: number): Promise<void> {
    const { producer, topic, timeoutMs } = this.#ports;
    await producer.send(topic, [holdRecord({ run: this.#run, until })], timeoutMs);
  }
}
