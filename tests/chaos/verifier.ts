import type { AuditRow, History, Losses, Place, TopicRecord } from "./history.ts";

/** The laws that a run must keep. */
export const LAWS = [
  "acknowledged is in the topic",
  "nothing is lost",
  "nothing is invented",
  "poison is in the dead letters, and only poison",
  "no more comes again than the bound",
  "a key is processed in its order",
  "what comes again is the last of its partition",
  "nothing is committed that is not done",
  "all is committed in the end",
  "consumers end as they were told to",
  "no silent stall",
  "no errors without a cause",
] as const;
export type Law = typeof LAWS[number];

/** A law that was broken: how often, and some of the cases. */
export interface Violation {
  readonly law: Law;
  readonly count: number;
  readonly examples: readonly string[];
}

/** How the consumers work. */
export interface Mode {
  /** Messages of a consumer that may be processed and uncommitted at the same time. */
  readonly atOnce: number;
  /** What is processed in its order: a whole partition, or each key within its partition. */
  readonly ordering: "partition" | "key";
}

/** One message at a time, each committed before the next. */
export const ONE_AT_A_TIME: Mode = { atOnce: 1, ordering: "partition" };

/** What was counted, for a report. */
export interface Counts {
  readonly records: number;
  readonly poison: number;
  readonly rows: number;
  readonly letters: number;
  readonly lost: number;
  /** Records that came again directly, and how many may. */
  readonly duplicates: number;
  readonly bound: number;
  /** Rows that came again from further back. */
  readonly furtherBack: number;
  readonly outOfOrder: number;
}

/** What the verifier found. */
export interface Verdict {
  readonly counts: Counts;
  readonly violations: readonly Violation[];
}

/**
 * How many records may be seen again directly: of each assignment those that were in work when it ended; of a fault of
 * the database those of each consumer, where the answer to a COMMIT was lost and the message was written again; and dead
 * letters that were sent again. Where several are at once in work, what comes from further back cannot be told apart.
 */
export function duplicateBound(losses: Losses, { atOnce }: Mode): number {
  const direct = (losses.assignments + losses.databaseFaults) * atOnce + losses.letterRetries;
  return atOnce === 1 ? direct : direct + furtherBackBound(losses);
}

/**
 * How many may come again although later ones of their partition had been processed: a zombie's last message, and what
 * Kafka itself has set back.
 */
function furtherBackBound({ zombies, setBack }: Losses): number {
  return zombies + setBack;
}

const EXAMPLES = 8;
const keyOf = ({ partition, offset }: Place) => `${partition}@${offset}`;
const show = ({ partition, offset, id }: Place & { readonly id: string }) =>
  `${id} at partition ${partition}, offset ${offset}`;

/** Judges a run by what it left. */
export function verify(history: History, mode: Mode = ONE_AT_A_TIME): Verdict {
  const { topic, audit, letters } = history;
  const found = new Map<Law, string[]>();
  const broken = (law: Law, cases: readonly string[]) => {
    if (cases.length > 0) found.set(law, [...found.get(law) ?? [], ...cases]);
  };
  const places = new Map(topic.map((record) => [keyOf(record), record]));
  const done = new Set(audit.map(keyOf));
  const buried = new Set(letters.map(keyOf));
  const orders = new Set(history.orders);
  const good = topic.filter(({ poison }) => !poison);
  const poison = topic.filter(({ poison }) => poison);

  const inTopic = new Set(topic.map(({ id }) => id));
  broken("acknowledged is in the topic", history.acknowledged.filter((id) => !inTopic.has(id)));

  const unseen = good.filter((record) => !done.has(keyOf(record)));
  broken("nothing is lost", unseen.map((record) => `${show(record)}: never processed`));
  const absent = good.filter((record) => done.has(keyOf(record)) && !orders.has(record.id));
  broken("nothing is lost", absent.map((record) => `${show(record)}: processed, and no such order is there`));

  const strange = audit.filter((row) => places.get(keyOf(row))?.id !== row.id);
  broken("nothing is invented", strange.map((row) => `row ${row.n}: ${show(row)}`));
  const known = new Set(good.map(({ id }) => id));
  broken("nothing is invented", history.orders.filter((id) => !known.has(id)).map((id) => `order ${id}`));

  const law = "poison is in the dead letters, and only poison";
  broken(law, poison.filter((record) => !buried.has(keyOf(record))).map((it) => `${show(it)}: no letter`));
  broken(law, poison.filter((record) => done.has(keyOf(record))).map((it) => `${show(it)}: processed`));
  broken(
    law,
    letters.filter((letter) => {
      const record = places.get(keyOf(letter));
      return !record?.poison || record.id !== letter.id || record.key !== letter.key;
    }).map((letter) => `a letter of ${show(letter)}`),
  );

  const { swapped, again } = inTheirOrder(audit, places, mode);
  broken("a key is processed in its order", swapped.map((row) => `row ${row.n}: ${show(row)}`));
  const furtherBack = mode.atOnce === 1 ? again : [];
  if (furtherBack.length > furtherBackBound(history.losses)) {
    const cases = furtherBack.map((row) => `row ${row.n}: ${show(row)}`);
    broken("what comes again is the last of its partition", cases);
  }
  const direct = audit.length - done.size + letters.length - buried.size - furtherBack.length;
  const bound = duplicateBound(history.losses, mode);
  if (direct > bound) {
    broken("no more comes again than the bound", [`${direct} came again, at most ${bound} may`]);
  }

  broken("nothing is committed that is not done", committedTooEarly(history, places));
  broken(
    "all is committed in the end",
    history.end.filter(({ committed, end }) => committed !== end)
      .map(({ partition, committed, end }) => `partition ${partition}: ${committed} of ${end}`),
  );
  broken("consumers end as they were told to", history.exits.flatMap(wrongExit));
  broken("no silent stall", history.stalls);
  broken("no errors without a cause", history.complaints);

  const violations = [...found].map(([law, cases]) => ({
    law,
    count: cases.length,
    examples: cases.slice(0, EXAMPLES),
  }));
  const counts = {
    records: topic.length,
    poison: poison.length,
    rows: audit.length,
    letters: letters.length,
    lost: unseen.length + absent.length,
    duplicates: direct,
    bound,
    furtherBack: furtherBack.length,
    outOfOrder: swapped.length,
  };
  return { counts, violations };
}

/**
 * Rows that came for the first time although a later one of their lane had been there; and rows that came again although
 * a later one of their partition had been processed: where each message is committed before the next, only the last one can.
 */
function inTheirOrder(
  audit: readonly AuditRow[],
  places: ReadonlyMap<string, TopicRecord>,
  { ordering }: Mode,
): { swapped: AuditRow[]; again: AuditRow[] } {
  const last = new Map<string, number>();
  const seen = new Set<string>();
  const swapped: AuditRow[] = [];
  const again: AuditRow[] = [];
  for (const row of audit) {
    const key = ordering === "key" ? places.get(keyOf(row))?.key : "";
    const lane = `${row.partition}/${key}`;
    const before = last.get(lane) ?? -1;
    const isFirst = !seen.has(keyOf(row));
    if (row.offset < before) {
      (isFirst ? swapped : again).push(row);
    }
    seen.add(keyOf(row));
    last.set(lane, Math.max(before, row.offset));
  }
  return { swapped, again };
}

/** Commits of something whose row, or letter, was not there yet. */
function committedTooEarly(
  { audit, letters, commits, topic, end }: History,
  places: ReadonlyMap<string, TopicRecord>,
) {
  const doneAt = new Map<string, number>();
  for (const row of audit) if (!doneAt.has(keyOf(row))) doneAt.set(keyOf(row), row.n);
  const buriedAt = Map.groupBy(letters, keyOf);
  const cases: string[] = [];
  const checked = new Map<number, number>(); // what an earlier sample has covered is done for ever
  for (const sample of commits) {
    for (let offset = checked.get(sample.partition) ?? 0; offset < sample.offset; offset++) {
      const place = keyOf({ partition: sample.partition, offset });
      const record = places.get(place);
      if (record === undefined) continue;
      const isDone = record.poison
        ? (buriedAt.get(place) ?? []).some(({ at }) => at.offset < (sample.letters[at.partition] ?? 0))
        : (doneAt.get(place) ?? Infinity) <= sample.rows;
      if (!isDone) cases.push(`${show(record)}: not done when ${sample.offset} was committed`);
    }
    checked.set(sample.partition, Math.max(checked.get(sample.partition) ?? 0, sample.offset));
  }
  const ends = new Map(end.map(({ partition, end }) => [partition, end]));
  const beyond = [...checked].filter(([partition, offset]) =>
    offset > (ends.get(partition) ?? 0) && topic.length > 0
  );
  return [
    ...cases,
    ...beyond.map(([partition, offset]) => `partition ${partition}: ${offset} lies beyond its end`),
  ];
}

function wrongExit({ name, told, code, last, faulty }: History["exits"][number]): string[] {
  const ok = told === "kill"
    ? code === 137
    : told === "stop"
    ? code === 0 || (code === 1 && faulty && /\tCRITICAL\t/.test(last)) // not drained in time, and it says so
    : false;
  return ok ? [] : [`${name}: told ${told}, ended with ${code}: ${last}`];
}
