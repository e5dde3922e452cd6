import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import type { Broker, FetchedPartition } from "../../../src/kafka/kafkajs/broker.ts";
import { crc32c, requestDefinitions } from "../../../src/kafka/kafkajs/internals.ts";
import { rawRequest } from "../../../src/kafka/kafkajs/raw_request.ts";
import { encodeBatch } from "../../../src/kafka/kafkajs/record_batch.ts";
import { readPartition } from "../../../src/kafka/kafkajs/records.ts";

const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

const int16 = (value: number) => bytes(2, (buffer) => buffer.writeInt16BE(value));
const int32 = (value: number) => bytes(4, (buffer) => buffer.writeInt32BE(value));
const int64 = (value: bigint) => bytes(8, (buffer) => buffer.writeBigInt64BE(value));

function bytes(size: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(size);
  write(buffer);
  return buffer;
}

interface BatchSpec {
  readonly base: bigint;
  readonly lastOffsetDelta: number;
  readonly producerId: bigint;
  readonly attributes: number;
  readonly keys: readonly (Buffer | null)[];
}

/** Sets the checksum anew, after somebody has changed a batch. */
function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
}

/** A batch as it lies in the log: without keys it is an emptied one, as the log cleaner leaves it. */
async function batchOf({ base, lastOffsetDelta, producerId, attributes, keys }: BatchSpec): Promise<Buffer> {
  const batch = await encodeBatch(keys.map((key) => ({ key, value: null, headers: [] })), {
    identity: { producerId, epoch: 0, sequence: 0 },
    compression: 0,
    timestamp: 1,
  });
  batch.writeBigInt64BE(base, 0);
  batch.writeInt16BE(attributes, 21);
  batch.writeInt32BE(lastOffsetDelta, 23);
  return sealed(batch);
}

interface Answered {
  readonly recordSet: Buffer;
  readonly aborted?: readonly { producerId: bigint; firstOffset: bigint }[];
}

/** An answer to a fetch as a broker sends it; each topic is a list of partitions. */
function answerOf(version: number, topics: readonly (readonly Answered[])[]): Buffer {
  return Buffer.concat([
    int32(0),
    ...(version >= 7 ? [int16(0), int32(0)] : []),
    int32(topics.length),
    ...topics.flatMap((partitions, t) => [
      int16(3 + t),
      Buffer.from("top" + "x".repeat(t)),
      int32(partitions.length),
      ...partitions.flatMap(({ recordSet, aborted }, p) => [
        ...[int32(p), int16(0), int64(1_000n), int64(900n)],
        ...(version >= 5 ? [int64(0n)] : []),
        int32(aborted?.length ?? -1),
        ...(aborted ?? []).flatMap(({ producerId, firstOffset }) => [int64(producerId), int64(firstOffset)]),
        ...(version >= 11 ? [int32(-1)] : []),
        ...[int32(recordSet.length), recordSet],
      ]),
    ]),
  ]);
}

/** What `rawRequest` makes of an answer, over kafkajs' own decoder of that version. */
async function fetched(version: number, topics: readonly (readonly Answered[])[]) {
  const definition = requestDefinitions.Fetch as { protocol(of: { version: number }): unknown };
  const broker = {
    lookupRequest: () => definition.protocol({ version }),
    connectionPool: {
      send: ({ response }: { response: { decode(raw: Buffer): Promise<unknown> } }) =>
        response.decode(answerOf(version, topics)),
    },
  } as unknown as Broker;
  const parameters = { maxWaitTime: 1, minBytes: 1, maxBytes: 1, topics: [] };
  const answer = await rawRequest<
    { responses: { topicName: string; partitions: FetchedPartition[] }[] }
  >(broker, "Fetch", parameters);
  return answer.responses.map(({ partitions }) => partitions);
}

const emptied = { base: 100n, lastOffsetDelta: 4, producerId: 5n, attributes: 0, keys: [] };

Deno.test("readPartition() passes emptied batches, in every version that brokers speak", async () => {
  const two = Buffer.concat([
    await batchOf(emptied),
    await batchOf({ ...emptied, base: 107n, attributes: TRANSACTIONAL }),
  ]);
  const [full, none] = [await batchOf({ ...emptied, keys: [null] }), Buffer.alloc(0)];
  const aborted = [{ producerId: 1n, firstOffset: 1n }, { producerId: 2n, firstOffset: 2n }];
  for (let version = 4; version <= 11; version++) {
    const [first, second] = await fetched(version, [
      [{ recordSet: none }, { recordSet: two, aborted }],
      [{ recordSet: full, aborted: [] }, { recordSet: two.subarray(0, two.length - 1) }],
    ]);
    const read = [...first!, ...second!].map((partition) => readPartition(100n, partition));
    assert.deepEqual(read.map(({ nextOffset }) => nextOffset), [100n, 112n, 105n, 105n], `v${version}`);
    assert.deepEqual(read.map(({ records }) => records.length), [0, 0, 1, 0], `v${version}`);
    assert.ok(read.every(({ endOffset }) => endOffset === 900n));
  }
});

Deno.test("readPartition() never goes back where all that came lies before what was asked for", async () => {
  const [[partition]] = await fetched(11, [[{ recordSet: await batchOf(emptied) }]]) as [[FetchedPartition]];
  assert.equal(readPartition(300n, partition).nextOffset, 300n);
});

/** A step of a producer in a log: records, or the end of its transaction. */
const step = fc.record({
  producer: fc.integer({ min: 0, max: 3 }),
  transactional: fc.constantFrom(true, true, true, false),
  ends: fc.constantFrom(undefined, undefined, "abort" as const, "commit" as const),
  records: fc.integer({ min: 1, max: 3 }),
  /** An int key 0 looks like an abort marker's, 1 like a commit's. */
  key: fc.option(fc.constantFrom(0, 1, 7)),
  isEmptied: fc.constantFrom(false, false, false, true),
  /** Offsets that compaction removed at the batch's end and after it. */
  removed: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
});

interface Transaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
  marker: { offset: bigint; kind: "abort" | "commit" } | undefined;
}
type LogBatch = BatchSpec & { readonly transaction: Transaction | undefined };

/** The log that the steps make. All transactions have ended, as they have before a last stable offset. */
function logOf(steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
  const log: LogBatch[] = [];
  const transactions: Transaction[] = [];
  const open = new Map<bigint, Transaction>();
  let at = 10n;
  const end = (transaction: Transaction, kind: "abort" | "commit") => {
    const { producerId } = transaction;
    const keys = [Buffer.concat([int16(0), int16(kind === "abort" ? 0 : 1)])];
    const attributes = TRANSACTIONAL | CONTROL;
    log.push({ base: at, lastOffsetDelta: 0, producerId, attributes, keys, transaction: undefined });
    transaction.marker = { offset: at++, kind };
    open.delete(producerId);
  };
  for (const { producer, transactional, ends, records, key, isEmptied, removed } of steps) {
    const producerId = BigInt(producer);
    let transaction = open.get(producerId);
    if (transaction !== undefined && ends !== undefined) {
      end(transaction, ends);
      continue;
    }
    // a producer is transactional or not; the others have ids of their own
    const id = transactional ? producerId : producerId + 100n;
    if (transactional && transaction === undefined) {
      transaction = { producerId, firstOffset: at, marker: undefined };
      open.set(producerId, transaction);
      transactions.push(transaction);
    }
    const keys = isEmptied ? [] : Array.from({ length: records }, () => key === null ? null : int32(key));
    const lastOffsetDelta = records - 1 + removed[0];
    const attributes = transactional ? TRANSACTIONAL : 0;
    const own = transactional ? transaction : undefined;
    log.push({ base: at, lastOffsetDelta, producerId: id, attributes, keys, transaction: own });
    at += BigInt(lastOffsetDelta + 1 + removed[1]);
  }
  for (const transaction of [...open.values()]) end(transaction, "abort");
  return { log, transactions };
}

Deno.test("readPartition() hands out the records of no aborted transaction, and all others from the offset on", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.record({ start: fc.nat(), length: fc.nat(), into: fc.nat(), cutOff: fc.nat(), order: fc.nat() }),
      async (steps, { start, length, into, cutOff, order }) => {
        const { log, transactions } = logOf(steps);
        const first = start % log.length;
        const batches = log.slice(first, first + 1 + length % (log.length - first));
        const from = batches[0]!.base + BigInt(into % (batches[0]!.lastOffsetDelta + 1));
        const next = log[first + batches.length];
        const end = batches.at(-1)!.base + BigInt(batches.at(-1)!.lastOffsetDelta) + 1n;

        const tail = next === undefined ? Buffer.alloc(0) : await batchOf(next);
        const recordSet = Buffer.concat([
          ...await Promise.all(batches.map(batchOf)),
          tail.subarray(0, tail.length === 0 ? 0 : cutOff % tail.length),
        ]);
        // brokers list what overlaps the answer, by marker; no order is to be relied on
        const aborted = transactions
          .filter(({ firstOffset, marker }) =>
            marker!.kind === "abort" && marker!.offset >= from && firstOffset < end
          )
          .sort((a, b) => Number(a.marker!.offset - b.marker!.offset));
        if (order % 3 === 1) aborted.reverse();
        if (order % 3 === 2) aborted.push(...aborted.splice(0, order % (aborted.length + 1)));

        const expected = batches
          .filter(({ attributes, transaction }) =>
            (attributes & CONTROL) === 0 && transaction?.marker?.kind !== "abort"
          )
          .flatMap(({ base, keys }) => keys.map((_, i) => base + BigInt(i)))
          .filter((offset) => offset >= from);

        const [[partition]] = await fetched(11, [[{ recordSet, aborted }]]) as [[FetchedPartition]];
        const { records, nextOffset } = readPartition(from, partition);
        assert.deepEqual(records.map(({ offset }) => offset), expected);
        assert.equal(nextOffset, end);
      },
    ),
    { numRuns: 500 },
  ));
