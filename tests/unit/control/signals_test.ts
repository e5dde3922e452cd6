import assert from "node:assert/strict";
import { ChildProcess } from "../../support/child_process.ts";

const child = (mode: string) => new ChildProcess(new URL("./child.ts", import.meta.url), [mode]);
const ignore = Deno.build.os === "windows"; // it has no SIGTERM

Deno.test({
  name: "test_controller_sigterm_handling",
  ignore,
  async fn() {
    await using process = child("end");
    assert.equal(await process.line(), "ready");
    process.send("SIGTERM");
    assert.equal(await process.line(), "stopped true true false");
    assert.deepEqual(await process.ended(), { code: 0, errors: [] });
  },
});

Deno.test({
  name: "StreamController: a second real SIGTERM changes nothing while the process drains",
  ignore,
  async fn() {
    await using process = child("until-line");
    assert.equal(await process.line(), "ready");
    process.send("SIGTERM");
    assert.equal(await process.line(), "stopped true true false");
    process.send("SIGTERM");
    process.send("SIGTERM");
    await process.write("go on\n");
    assert.equal(await process.line(), "drained");
    assert.deepEqual(await process.ended(), { code: 0, errors: [] });
  },
});

Deno.test({
  name: "StreamController: a second real SIGINT ends the process at once with 130",
  ignore,
  async fn() {
    await using process = child("drain");
    assert.equal(await process.line(), "ready");
    process.send("SIGINT");
    assert.equal(await process.line(), "stopped true true false");
    await process.sendUntilEnded("SIGINT");
    assert.deepEqual(await process.ended(), { code: 130, errors: [] });
  },
});
