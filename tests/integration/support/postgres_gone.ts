import assert from "node:assert/strict";
import type { Bed } from "./bed.ts";
import { assertDelivered, assertNothingSkipped } from "./verify.ts";
import { durablePostgres, WriteScene } from "./write_scene.ts";
import { assertLines, assertOrders, readMessages } from "./written.ts";

const MESSAGES = 200;
/** What a recovery may take on top: the longest wait between two attempts, and a busy machine. */
const RECOVERY_MS = 30_000;

const pass = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** A PostgreSQL that is killed under a job, and starts again so many seconds later: nothing is lost, and nothing skipped. */
export async function goneFor(bed: Bed, seconds: number, on_error: "stop" | "continue"): Promise<void> {
  const server = bed.use(await durablePostgres());
  const scene = await WriteScene.onPostgres(bed, server.url, MESSAGES);
  const job = scene.start(["insert", "upsert", "lines"], { consumer: { on_error } });
  await job.hasEnded(20);
  const members = await bed.admin.members(scene.group);
  await server.crash();
  await job.until(() => job.failed.length > 0, "the first attempt that fails");
  await pass(seconds);
  const committed = await scene.committed();
  assert.equal(job.begun.at(-1)?.offset, committed, "one message waits");
  assert.ok(committed < MESSAGES);
  assert.deepEqual(await bed.admin.members(scene.group), members, "the group has kept it all the time");
  await server.restart();
  await scene.committedAll(RECOVERY_MS + 60_000);
  await job.stop();
  assert.equal(job.failed.find(({ kind }) => kind !== "unavailable"), undefined);
  assert.deepEqual(job.log.filter((line) => /ERROR|CRITICAL/.test(line)), []);
  assertNothingSkipped(job.begun);
  assertDelivered(scene.ids, await readMessages(scene.read), 1);
  await assertOrders(scene.read, scene.ids);
  await assertLines(scene.read, scene.ids);
}
