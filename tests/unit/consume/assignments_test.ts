import assert from "node:assert/strict";
import { Assignments } from "../../../src/consume/assignments.ts";
import { silentLogger } from "../../../src/core/logger.ts";

const assignment = (epoch: number, partition = 0) => ({
  topic: "t",
  partition,
  epoch,
  position: 0n,
  committed: 0n,
});

/** Records of an assignment, read up to `nextOffset`. */
const fetched = (epoch: number, nextOffset: bigint) => ({
  topic: "t",
  partition: 0,
  epoch,
  records: [],
  nextOffset,
  endOffset: 100n,
});

function assigned(...epochs: number[]): Assignments {
  const assignments = new Assignments(silentLogger);
  for (const epoch of epochs) assignments.add([assignment(epoch)]);
  return assignments;
}

Deno.test("Assignments.of() finds nothing for records of an older epoch", () => {
  const assignments = assigned(1, 2);
  assert.equal(assignments.of(fetched(1, 5n)), undefined);
  assert.equal(assignments.of(fetched(2, 5n))?.assignment.epoch, 2);
});

Deno.test("Assignments.remove() of an older epoch leaves the present one alone", () => {
  const assignments = assigned(1, 2);
  assert.equal(assignments.remove([assignment(1)], "rebalance").size, 0);
  assert.equal(assignments.revoke([assignment(1)]).size, 0);
  const state = assignments.of(fetched(2, 5n));
  assert.deepEqual([state?.revoked, state?.lost, assignments.count], [false, false, 1]);
});

Deno.test("Assignments.remove() fences: nothing of it is committed any more", () => {
  const assignments = assigned(1);
  assignments.of(fetched(1, 5n))?.fetched(fetched(1, 5n));
  assert.deepEqual(assignments.commits.map(({ offset }) => offset), [5n]);
  const [state] = assignments.remove([assignment(1)], "member_lost");
  assert.deepEqual([state?.revoked, state?.lost, assignments.commits, assignments.pending], [
    true,
    true,
    [],
    0,
  ]);
});

Deno.test("Assignments.committed() takes no offset of an older epoch for the present one", () => {
  const assignments = assigned(1, 2);
  assignments.of(fetched(2, 5n))?.fetched(fetched(2, 5n));
  assignments.committed([{ topic: "t", partition: 0, epoch: 1, offset: 5n }]);
  assert.deepEqual(assignments.commits, [{ topic: "t", partition: 0, epoch: 2, offset: 5n }]);
});
