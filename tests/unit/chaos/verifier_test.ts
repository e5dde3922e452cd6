/** Each law of the verifier has histories that it must refuse. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { AuditRow, History, TopicRecord } from "../../chaos/history.ts";
import { type Law, LAWS, type Mode, verify } from "../../chaos/verifier.ts";

/** A run without faults: two partitions, in each five records of two keys, the third one poison. */
const topic: readonly TopicRecord[] = [0, 1].flatMap((partition) =>
  [0, 1, 2, 3, 4].map((offset) => ({
    partition,
    offset,
    key: offset % 2 === 0 ? "a" : "b",
    id: `${offset === 2 ? "poison" : "order"} ${partition}-${offset}`,
    poison: offset === 2,
  }))
);
const good = topic.filter(({ poison }) => !poison);
const numbered = (rows: readonly Omit<AuditRow, "n">[]): readonly AuditRow[] =>
  rows.map(({ partition, offset, id }, i) => ({ n: i + 1, partition, offset, id }));

const whole: History = {
  acknowledged: topic.map(({ id }) => id),
  topic,
  audit: numbered(good),
  orders: good.map(({ id }) => id),
  letters: topic.filter(({ poison }) => poison)
    .map(({ partition, offset, id, key }) => ({ partition, offset, id, key, at: { partition, offset: 0 } })),
  commits: [
    { atMs: 0, partition: 0, offset: 2, rows: 2, letters: {} },
    { atMs: 0, partition: 0, offset: 3, rows: 2, letters: { 0: 1 } },
    { atMs: 0, partition: 1, offset: 5, rows: 8, letters: { 0: 1, 1: 1 } },
  ],
  end: [0, 1].map((partition) => ({ partition, committed: 5, end: 5 })),
  exits: [
    { name: "consumer-1", told: "kill", code: 137, last: "", faulty: false },
    { name: "consumer-2", told: "stop", code: 0, last: "", faulty: true },
    {
      name: "consumer-3",
      told: "stop",
      code: 1,
      last: "t\tCRITICAL\tCannot drain within 30 s",
      faulty: true,
    },
  ],
  stalls: [],
  complaints: [],
  losses: { assignments: 1, databaseFaults: 0, letterRetries: 0, setBack: 0, zombies: 0 },
};

const laws = (history: History, mode?: Mode) => verify(history, mode).violations.map(({ law }) => law);
const order = (offset: number, partition = 0) =>
  topic.find((record) => record.offset === offset && record.partition === partition)!;
const without = <T>(items: readonly T[], index: number) => items.toSpliced(index, 1);

Deno.test("verify() finds nothing wrong with a whole history, and counts it", () => {
  const { violations, counts } = verify(whole);
  assert.deepEqual(violations, []);
  assert.deepEqual(counts, {
    records: 10,
    poison: 2,
    rows: 8,
    letters: 2,
    lost: 0,
    duplicates: 0,
    bound: 1,
    furtherBack: 0,
    outOfOrder: 0,
  });
});

Deno.test("verify() lets a message come again directly after a crash, as often as the bound says", () => {
  const [first, second, ...rest] = good;
  const audit = numbered([first!, second!, second!, ...rest]);
  const unwatched = { ...whole, commits: [] };
  assert.deepEqual(laws({ ...unwatched, audit }), []);
  const letters = [...whole.letters, whole.letters[0]!];
  assert.deepEqual(laws({ ...unwatched, letters }), []);
  assert.deepEqual(laws({ ...unwatched, audit, letters }), ["no more comes again than the bound"]);
  const losses = { ...whole.losses, letterRetries: 1 };
  assert.deepEqual(laws({ ...unwatched, audit, letters, losses }), []);
  assert.deepEqual(laws({ ...unwatched, audit, letters }, { atOnce: 2, ordering: "key" }), []);
});

Deno.test("verify() lets a zombie write its last message late, and nobody else", () => {
  const [first, ...rest] = good;
  const audit = numbered([first!, ...rest, first!]);
  assert.deepEqual(laws({ ...whole, audit, losses: { ...whole.losses, zombies: 1 } }), []);
  assert.deepEqual(laws({ ...whole, audit }), ["what comes again is the last of its partition"]);
});

Deno.test("verify() lets come again what Kafka has set back when all brokers were killed, and no more", () => {
  const audit = numbered([...good, ...good.slice(2)]);
  const again = (setBack: number) =>
    laws({ ...whole, audit, losses: { ...whole.losses, assignments: 2, setBack } });
  assert.deepEqual(again(4), []);
  assert.deepEqual(again(3), ["what comes again is the last of its partition"]);
});

Deno.test("verify() by key lets other keys of a partition pass", () => {
  const [first, second, ...rest] = good;
  const audit = numbered([second!, first!, ...rest]);
  const early = { ...whole, audit, commits: [] };
  assert.deepEqual(laws(early), ["a key is processed in its order"]);
  assert.deepEqual(laws(early, { atOnce: 1, ordering: "key" }), []);
});

/** For each law, changes that break it and no other one. */
const BROKEN: Readonly<Record<Law, readonly Partial<History>[]>> = {
  "acknowledged is in the topic": [{ acknowledged: [...whole.acknowledged, "order never"] }],
  "nothing is lost": [
    { audit: without(whole.audit, 7), commits: [] },
    { orders: without(whole.orders, 3) },
  ],
  "nothing is invented": [
    { audit: [...whole.audit, { n: 9, partition: 1, offset: 5, id: "order 1-5" }] },
    { orders: [...whole.orders, "order 7-7"] },
  ],
  "poison is in the dead letters, and only poison": [
    { letters: without(whole.letters, 1), commits: [] },
    { letters: [...whole.letters, { ...order(3), at: { partition: 0, offset: 1 } }] },
    { letters: whole.letters.map((letter) => ({ ...letter, id: `${letter.id}?` })) },
    { letters: whole.letters.map((letter) => ({ ...letter, key: "c" })) },
    { audit: numbered([...good.slice(0, 2), order(2), ...good.slice(2)]), commits: [] },
  ],
  "no more comes again than the bound": [
    { audit: numbered([...good, good.at(-1)!, good.at(-1)!]) },
  ],
  "a key is processed in its order": [
    { audit: numbered([good[0]!, good[1]!, good[3]!, good[2]!, ...good.slice(4)]) },
  ],
  "what comes again is the last of its partition": [{ audit: numbered([...good, order(3)]) }],
  "nothing is committed that is not done": [
    { commits: [{ atMs: 0, partition: 0, offset: 2, rows: 1, letters: {} }] },
    { commits: [{ atMs: 0, partition: 1, offset: 3, rows: 8, letters: { 0: 1, 1: 0 } }] },
    { commits: [{ atMs: 0, partition: 1, offset: 6, rows: 8, letters: { 0: 1, 1: 1 } }] },
  ],
  "all is committed in the end": [
    { end: [{ partition: 0, committed: 4, end: 5 }, whole.end[1]!] },
    { end: [{ partition: 0, committed: 6, end: 5 }, whole.end[1]!] },
  ],
  "consumers end as they were told to": [
    { exits: [{ name: "c", told: "nothing", code: 0, last: "", faulty: true }] },
    { exits: [{ name: "c", told: "nothing", code: 1, last: "t\tCRITICAL\tno", faulty: true }] },
    { exits: [{ name: "c", told: "stop", code: 1, last: "t\tCRITICAL\tCannot drain", faulty: false }] },
    { exits: [{ name: "c", told: "stop", code: 1, last: "t\tINFO\tbye", faulty: true }] },
    { exits: [{ name: "c", told: "stop", code: 143, last: "", faulty: true }] },
    { exits: [{ name: "c", told: "kill", code: 0, last: "", faulty: false }] },
  ],
  "no silent stall": [{ stalls: ["partition 0 stays at 3 of 5"] }],
  "no errors without a cause": [{ complaints: ["consumer-1: t\tERROR\tit fails"] }],
};

for (const law of LAWS) {
  BROKEN[law].forEach((change, i) => {
    Deno.test(`verify() refuses a history that breaks "${law}" (${i + 1})`, () => {
      assert.deepEqual(laws({ ...whole, ...change }), [law]);
    });
  });
}

Deno.test("verify() accepts what one consumer makes of any topic, a crash after any message", () =>
  fc.assert(fc.property(
    fc.array(fc.record({ key: fc.constantFrom("a", "b", "c"), poison: fc.boolean(), crash: fc.boolean() }), {
      minLength: 1,
    }),
    (messages) => {
      const records = messages.map(({ key, poison }, offset) => ({
        partition: 0,
        offset,
        id: `m-${offset}`,
        key,
        poison,
      }));
      const times = (offset: number) => messages[offset]!.crash ? [0, 1] : [0];
      const seen = records.flatMap((record) => times(record.offset).map(() => record));
      const orders = records.filter(({ poison }) => !poison);
      const crashes = messages.filter(({ crash }) => crash).length;
      const history: History = {
        ...whole,
        topic: records,
        acknowledged: records.map(({ id }) => id),
        audit: numbered(seen.filter(({ poison }) => !poison)),
        orders: orders.map(({ id }) => id),
        letters: seen.filter(({ poison }) => poison).map((it, i) => ({
          ...it,
          at: { partition: 0, offset: i },
        })),
        commits: [],
        end: [{ partition: 0, committed: records.length, end: records.length }],
        losses: { assignments: crashes, databaseFaults: 0, letterRetries: 0, setBack: 0, zombies: 0 },
      };
      assert.deepEqual(laws(history), []);
      assert.equal(verify(history).counts.duplicates, crashes);
    },
  )));
