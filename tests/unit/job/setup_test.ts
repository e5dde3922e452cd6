import assert from "node:assert/strict";
import { ChildProcess } from "../../support/child_process.ts";

/** Level and message of what a job logs that was set up in this order. */
async function logged(order: string, env: Record<string, string> = {}): Promise<string[]> {
  await using process = new ChildProcess(new URL("./child_setup.ts", import.meta.url), [order], env);
  const { code, errors } = await process.ended();
  assert.equal(code, 0, errors.join("\n"));
  return errors.map((line) => line.split("\t").slice(1).join("|"));
}

const INFO = ["INFO|orders.ts|info", "ERROR|orders.ts|error"];
const ERROR = ["ERROR|orders.ts|error"];

Deno.test("setupLogging takes its level from the context, whichever was set up first", async () => {
  assert.deepEqual(await logged("logging first"), INFO);
  assert.deepEqual(await logged("context first"), INFO);
  assert.deepEqual(await logged("no context"), ERROR);
});

Deno.test("setupLogging: LOG_LEVEL wins over the context, and the context's variable over its file", async () => {
  assert.deepEqual(await logged("logging first", { LOG_LEVEL: "ERROR" }), ERROR);
  assert.deepEqual(await logged("logging first", { PROCESSING_LOG_LEVEL: "CRITICAL" }), []);
  assert.deepEqual(await logged("no context", { PROCESSING_LOG_LEVEL: "INFO" }), INFO);
  assert.deepEqual(await logged("no context", { PROCESSING_LOG_LEVEL: "INFO", LOG_LEVEL: "ERROR" }), ERROR);
});
