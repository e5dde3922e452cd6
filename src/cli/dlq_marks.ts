import type { OutgoingRecord, RawRecord } from "../kafka/driver.ts";
import { headerText } from "../consume/dead_letters_headers.ts";

/** What became of a letter by these commands. */
export type Done = "redriven" | "dropped";

/** Header of a mark; its value is what was done. */
export const MARK = "__datapy.dlq.mark";

/**
 * A record that is written behind the letters it is about, into their own partition: what is done is known wherever the
 * command runs next, as long as the letters are there. Retention takes a mark after its letters, because it is younger.
 */
export function markRecord(
  partition: number,
  done: Done,
  offsets: readonly bigint[],
  now: number,
): OutgoingRecord {
  const encode = (text: string) => new TextEncoder().encode(text);
  const value = { done, offsets: offsets.map(String), time: new Date(now).toISOString() };
  return {
    partition,
    key: null,
    value: encode(JSON.stringify(value)),
    headers: [[MARK, encode(done)]],
  };
}

/** What a mark says; undefined where the record is none. */
export function readMark(
  { headers, value }: RawRecord,
): { readonly done: Done; readonly offsets: readonly bigint[] } | undefined {
  const done = headerText(headers, MARK);
  if ((done !== "redriven" && done !== "dropped") || value === null) return undefined;
  try {
    const { offsets } = JSON.parse(new TextDecoder().decode(value)) as { offsets: readonly string[] };
    return { done, offsets: offsets.map((offset) => BigInt(offset)) };
  } catch {
    return undefined; // somebody else's
  }
}

/** What is done of a dead letter topic, gathered from its marks and letters. */
export class Marks {
  readonly #done = new Map<string, Done>();
  readonly #failedAgain = new Set<string>();

  /** Takes note of a mark. */
  add(partition: number, mark: { readonly done: Done; readonly offsets: readonly bigint[] }): void {
    for (const offset of mark.offsets) this.#done.set(`${partition}/${offset}`, mark.done);
  }

  /** The message of this letter has failed again, and has a younger letter. */
  addFailedAgain(place: string): void {
    this.#failedAgain.add(place);
  }

  /** What was done with a letter; undefined is open. */
  of(partition: number, offset: bigint): Done | undefined {
    return this.#done.get(`${partition}/${offset}`);
  }

  /** Whether a younger letter took its place: redriving both would send the message twice. */
  hasFailedAgain(partition: number, offset: bigint): boolean {
    return this.#failedAgain.has(`${partition}/${offset}`);
  }
}
