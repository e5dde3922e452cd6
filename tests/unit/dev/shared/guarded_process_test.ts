import assert from "node:assert/strict";
import { join } from "node:path";
import { GuardedProcess } from "../../../../src/dev/shared/guarded_process.ts";
import { systemTools } from "../../../../src/dev/shared/tools.ts";
import { waitFor } from "../../../support/wait_for.ts";

const tools = systemTools();

/** A guarded shell command in a folder of its own; both are gone at the end. */
async function run(
  script: string,
  test: (life: GuardedProcess, folder: string) => Promise<void>,
): Promise<void> {
  const above = await Deno.makeTempDir({ prefix: "datapy-test-" });
  const folder = join(above, "server");
  await tools.disk.makeFolder(folder);
  const outputFile = join(folder, "out");
  const life = await GuardedProcess.start(
    tools,
    { folder, outputFile, command: ["sh", "-c", script] },
    "KILL",
  );
  try {
    await test(life, folder);
  } finally {
    await life.letGo("remove");
    await tools.disk.remove(above);
  }
}

Deno.test("GuardedProcess.end() ends what is paused, too, and says how it ended", () =>
  run("trap 'exit 7' TERM; echo ready >&2; while :; do sleep 0.1; done", async (life, folder) => {
    const ready = async () => (await tools.disk.readText(join(folder, "out")))?.includes("ready");
    await waitFor(async () => await ready() === true, "the command");
    await tools.subprocesses.signal(life.pid, "STOP");
    assert.equal(life.running, true);
    await life.end("TERM");
    assert.equal(life.running, false);
    assert.equal(await life.ended, "it ended with code 7");
    await life.end("TERM"); // of one that has ended: nothing
  }));

Deno.test("GuardedProcess knows when its process has ended by itself", () =>
  run("exit 3", async (life) => {
    assert.equal(await life.ended, "it ended with code 3");
    assert.equal(life.running, false);
  }));

Deno.test("GuardedProcess.letGo() ends what still runs, and keeps the folder if it is told so", () =>
  run("trap '' TERM; exec sleep 60", async (life, folder) => {
    await life.letGo("keep");
    assert.equal(life.running, false);
    assert.equal(await tools.disk.exists(folder), true);
  }));
