import assert from "node:assert/strict";
import fc from "fast-check";
import { PartitionLog } from "../../../src/kafka/memory/partition_log.ts";

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom("append", "append", "append", "gap", "compact", "truncate"),
    at: fc.nat(12),
  }),
  { maxLength: 60 },
);

/** The log as a list of visible offsets, its beginning and its end. */
function play(history: readonly { kind: string; at: number }[]) {
  const log = new PartitionLog();
  let visible: bigint[] = [];
  let [beginning, end] = [0n, 0n];
  for (const step of history) {
    if (step.kind === "append") {
      log.append({ key: null, value: null, headers: [], timestamp: 0 });
      visible.push(end++);
    } else if (step.kind === "gap") {
      log.appendGap(1);
      end++;
    } else if (step.kind === "compact") {
      log.compact(BigInt(step.at));
      visible = visible.filter((offset) => offset !== BigInt(step.at));
    } else if (BigInt(step.at) <= end) {
      log.truncate(BigInt(step.at));
      if (BigInt(step.at) > beginning) beginning = BigInt(step.at);
      visible = visible.filter((offset) => offset >= beginning);
    }
  }
  return { log, visible, beginning, end };
}

Deno.test("PartitionLog.read() hands out every visible record once, in order, whatever the page", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 7 }), (history, page) => {
      const { log, visible, beginning, end } = play(history);
      assert.deepEqual([log.beginning, log.end], [beginning, end]);
      const read: bigint[] = [];
      let position = log.beginning;
      while (position < log.end) {
        const { records, nextOffset } = log.read(position, page);
        assert.ok(nextOffset > position, "a page makes no progress");
        read.push(...records.map((record) => record.offset));
        position = nextOffset;
      }
      assert.deepEqual(read, visible);
      assert.equal(position, end);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("PartitionLog.truncate() refuses what is beyond the end", () => {
  assert.throws(() => new PartitionLog().truncate(1n), /Cannot truncate to 1: the log ends at 0/);
});

Deno.test("PartitionLog.watch() calls back until it is ended", () => {
  const log = new PartitionLog();
  let calls = 0;
  const end = log.watch(() => calls++);
  log.appendGap(1);
  end();
  log.appendGap(1);
  assert.equal(calls, 1);
});
