/**
 * Tests of jobs without Kafka: a job's `main` runs as it is, on topics in memory, in milliseconds.
 *
 * ```ts ignore
 * import assert from "node:assert/strict";
 * import { runProcessor } from "@datapy/datapy/testing";
 * import { main } from "./orders.ts";
 *
 * Deno.test("an order without an id is skipped", async () => {
 *   const run = await runProcessor(main, { orders: [{ value: {} }] });
 *   assert.deepEqual(run.skipped.map(({ offset, kind }) => [offset, kind]), [[0, "permanent"]]);
 * });
 * ```
 *
 * @module
 */

export { runProcessor } from "./src/testing/run_processor.ts";
export type {
  CallOfMod,
  ModFailure,
  ModRunParams,
  ModStandIn,
  Moment,
  RunOptions,
} from "./src/testing/options.ts";
export type { JobRun, LogLine, MessageOutcome, MessageRun, ModRun } from "./src/testing/job_run.ts";
export { type MemoryConnection, memoryConnection } from "./src/testing/memory_connection.ts";
export type { TestMessage, TopicMessage } from "./src/testing/messages.ts";
