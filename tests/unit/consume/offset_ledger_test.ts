import assert from "node:assert/strict";
import fc from "fast-check";
import { OffsetLedger } from "../../../src/consume/offset_ledger.ts";

/** What can happen to an assignment: a record is read after a gap, a gap is passed, the n-th open record is finished. */
type Step =
  | { readonly kind: "track"; readonly gap: number }
  | { readonly kind: "advance"; readonly by: number }
  | { readonly kind: "finish"; readonly nth: number }
  | { readonly kind: "commit" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("track" as const), gap: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("advance" as const), by: fc.nat(5) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("finish" as const), nth: fc.nat(10) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("commit" as const) }) },
  ),
  { maxLength: 60 },
);

/** Plays a history on a ledger and, the slow and obvious way, on a list; looks at both after each step. */
function play(
  history: readonly Step[],
  look: (ledger: OffsetLedger, oracle: { open: bigint[]; position: bigint; committed: bigint }) => void,
): void {
  const ledger = new OffsetLedger(100n);
  const oracle = { open: [] as bigint[], position: 100n, committed: 100n };
  ledger.committed(100n);
  for (const step of history) {
    if (step.kind === "track") {
      const offset = oracle.position + BigInt(step.gap);
      ledger.track(offset);
      oracle.open.push(offset);
      oracle.position = offset + 1n;
    } else if (step.kind === "advance") {
      oracle.position += BigInt(step.by);
      ledger.advance(oracle.position);
    } else if (step.kind === "finish" && oracle.open.length > 0) {
      const [offset] = oracle.open.splice(step.nth % oracle.open.length, 1);
      assert.equal(ledger.finish(offset as bigint), true);
    } else if (step.kind === "commit") {
      const mark = ledger.toCommit;
      if (mark !== undefined) {
        ledger.committed(mark);
        assert.ok(mark > oracle.committed, "a commit moves forward");
        oracle.committed = mark;
      }
    }
    look(ledger, oracle);
  }
}

Deno.test("OffsetLedger.lowMark is the first unfinished offset, else the position", () => {
  fc.assert(fc.property(steps, (history) =>
    play(history, (ledger, { open, position }) => {
      assert.equal(ledger.lowMark, open.length === 0 ? position : open.reduce((a, b) => a < b ? a : b));
      assert.equal(ledger.unfinished, open.length);
    })));
});

Deno.test("OffsetLedger.lowMark never passes an unfinished offset and never moves back", () => {
  fc.assert(fc.property(steps, (history) => {
    let before = 0n;
    play(history, (ledger, { open }) => {
      assert.ok(open.every((offset) => ledger.lowMark <= offset));
      assert.ok(ledger.lowMark >= before);
      before = ledger.lowMark;
    });
  }));
});

Deno.test("OffsetLedger.toCommit is the low mark where it is beyond what was committed, else nothing", () => {
  fc.assert(fc.property(steps, (history) =>
    play(history, (ledger, { committed }) => {
      assert.equal(ledger.toCommit, ledger.lowMark > committed ? ledger.lowMark : undefined);
    })));
});

Deno.test("OffsetLedger.advance() never moves back", () => {
  const ledger = new OffsetLedger(5n);
  ledger.advance(9n);
  ledger.advance(7n);
  assert.equal(ledger.lowMark, 9n);
});

Deno.test("OffsetLedger.track() refuses an offset that was read before", () => {
  const ledger = new OffsetLedger(5n);
  ledger.track(7n);
  assert.throws(() => ledger.track(7n), RangeError);
});

Deno.test("OffsetLedger.finish() answers false for what is not open", () => {
  const ledger = new OffsetLedger(0n);
  ledger.track(0n);
  assert.equal(ledger.finish(0n), true);
  assert.equal(ledger.finish(0n), false);
});
