import { headerText, REDRIVE } from "../consume/dead_letters_headers.ts";
import type { KafkaAdmin } from "../kafka/admin.ts";
import { HOLD_PARTITION, Holds, readHold } from "./dlq_hold.ts";
import { type Letter, readLetter } from "./dlq_letter.ts";
import { type Done, Marks, readMark } from "./dlq_marks.ts";
import { chosenPartitions, partitionsOf } from "./kafka_session.ts";
import { type Moment, offsetsOf } from "./moments.ts";
import { mergedRecords } from "./peek_records.ts";

/** Which part of a dead letter topic is looked at. */
export interface Range {
  readonly from?: Moment;
  readonly until?: Moment;
  readonly partition?: readonly number[];
}

/** A letter and what became of it. */
export interface FoundLetter extends Letter {
  /** Undefined is open. */
  readonly done: Done | undefined;
  /** Its message was redriven, failed again, and has a younger letter. */
  readonly hasFailedAgain: boolean;
}

/** The letters of a topic, as they were when this was opened: what is written meanwhile does not come. */
export class DlqScan {
  /** Records that were neither letters nor marks. */
  foreign = 0;
  /** Redrives that held the topic, or still do. */
  readonly holds: Holds;
  readonly #admin: KafkaAdmin;
  readonly #topic: string;
  readonly #from: ReadonlyMap<number, bigint>;
  readonly #to: ReadonlyMap<number, bigint>;
  readonly #marks: Marks;

  private constructor(
    admin: KafkaAdmin,
    topic: string,
    from: ReadonlyMap<number, bigint>,
    to: ReadonlyMap<number, bigint>,
    marks: Marks,
    holds: Holds,
  ) {
    this.#admin = admin;
    this.#topic = topic;
    this.#from = from;
    this.#to = to;
    this.#marks = marks;
    this.holds = holds;
  }

  /** Reads the marks: they lie behind their letters, so the topic is read twice. */
  static async open(admin: KafkaAdmin, topic: string, range: Range, now: number): Promise<DlqScan> {
    const partitions = chosenPartitions(topic, await partitionsOf(admin, topic), range.partition);
    const all = await admin.bounds(topic);
    const bounds = new Map([...all].filter(([partition]) => partitions.includes(partition)));
    const offsetsAt = (moment: Moment) => offsetsOf(moment, topic, admin, bounds, now);
    const from = await offsetsAt(range.from ?? { kind: "earliest" });
    const ends = await offsetsAt({ kind: "latest" });
    const [marks, holds] = [new Marks(), new Holds()];
    // a younger letter may lie in another partition: all are looked at
    const wholeFrom = new Map([...all].map(([partition, { beginning }]) => [partition, beginning]));
    const wholeTo = new Map([...all].map(([partition, { end }]) => [partition, end]));
    for await (const { partition, record } of mergedRecords(admin, topic, wholeFrom, wholeTo)) {
      const mark = readMark(record);
      if (mark !== undefined) marks.add(partition, mark);
      const held = partition === HOLD_PARTITION ? readHold(record) : undefined;
      if (held !== undefined) holds.add(held);
      const before = headerText(record.headers, REDRIVE.from);
      if (before?.startsWith(`${topic}/`)) marks.addFailedAgain(before.slice(topic.length + 1));
    }
    const to = range.until === undefined ? ends : await offsetsAt(range.until);
    return new DlqScan(admin, topic, from, to, marks, holds);
  }

  /** The letters in the order of their times; those of one partition in their order. */
  async *letters(): AsyncGenerator<FoundLetter> {
    this.foreign = 0;
    for await (const peeked of mergedRecords(this.#admin, this.#topic, this.#from, this.#to)) {
      const { partition, record } = peeked;
      if (readMark(record) !== undefined || readHold(record) !== undefined) continue;
      const letter = readLetter(peeked);
      if (letter === undefined) {
        this.foreign++;
        continue;
      }
      const hasFailedAgain = this.#marks.hasFailedAgain(partition, record.offset);
      // a younger letter proves the redrive, even where a crash left it unmarked
      const done = this.#marks.of(partition, record.offset) ?? (hasFailedAgain ? "redriven" : undefined);
      yield { ...letter, done, hasFailedAgain };
    }
  }
}
