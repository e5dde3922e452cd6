import assert from "node:assert/strict";
import { join } from "node:path";
import { guarded } from "../../../../src/dev/shared/guardian.ts";
import { ownTempFolder, systemTools } from "../../../../src/dev/shared/tools.ts";
import type { Child } from "../../../../src/runtime/subprocess.ts";
import { waitFor } from "../../../support/wait_for.ts";

const tools = systemTools();
const { subprocesses, disk } = tools;

/** A guardian of a shell command, in an empty folder; both are gone at the end. */
async function guard(
  script: string,
  test: (guardian: Child, pid: number, folder: string) => Promise<void>,
): Promise<void> {
  const above = await Deno.makeTempDir({ prefix: "datapy-test-" });
  const folder = join(above, "kafka");
  await disk.makeFolder(folder);
  const guardian = subprocesses.start(guarded(folder, join(folder, "out"), ["sh", "-c", script]));
  try {
    await test(guardian, Number(await guardian.readLine()), folder);
  } finally {
    await guardian.closeInput();
    await guardian.ended();
    await disk.remove(above);
  }
}

const isGone = async (pid: number) => await subprocesses.commandLine(pid) === "";

Deno.test("guardian kills its command and removes the folder when its input ends", () =>
  guard("trap '' TERM; exec sleep 60", async (guardian, pid, folder) => {
    assert.equal(await isGone(pid), false);
    await guardian.closeInput();
    assert.equal(await guardian.readLine(), "ended 137");
    assert.equal(await isGone(pid), true);
    await waitFor(async () => !await disk.exists(folder), "the end of the folder");
  }));

/** Waits until the command has said a word. */
const untilSaid = (folder: string, word: string) =>
  waitFor(async () => (await disk.readText(join(folder, "out")))?.includes(word), `"${word}" of the command`);

Deno.test("guardian goes on when signals are sent to it, and passes none on", () =>
  guard("trap 'echo heard' TERM; echo ready; while :; do sleep 0.1; done", async (guardian, pid, folder) => {
    await untilSaid(folder, "ready");
    await subprocesses.signal(guardian.pid, "TERM");
    await subprocesses.signal(pid, "TERM"); // its own handler, so that it is known to have run
    await untilSaid(folder, "heard");
    assert.deepEqual([await isGone(pid), await isGone(guardian.pid)], [false, false]);
  }));

Deno.test("guardian lets its command hear signals", () =>
  guard("sleep 60 & trap 'kill $!; exit 7' TERM; echo ready; wait", async (guardian, pid, folder) => {
    await untilSaid(folder, "ready");
    await subprocesses.signal(pid, "TERM");
    assert.equal(await guardian.readLine(), "ended 7");
  }));

Deno.test("guardian keeps the folder when it is told so", () =>
  guard("echo said", async (guardian, _pid, folder) => {
    assert.equal(await guardian.readLine(), "ended 0");
    await guardian.writeLine("keep");
    assert.equal(await guardian.ended(), 0);
    assert.equal(await disk.readText(join(folder, "out")), "said\n");
  }));

Deno.test("guardian ends a command that is stopped, too", () =>
  guard("sleep 60", async (guardian, pid) => {
    await subprocesses.signal(pid, "STOP");
    await guardian.closeInput();
    assert.equal(await guardian.readLine(), "ended 137");
  }));

Deno.test("ownTempFolder() removes what processes that are gone have left, and nothing else", async () => {
  const folder = await Deno.makeTempDir({ prefix: "datapy-test-" });
  try {
    const here = { ...tools, folder };
    const gone = await subprocesses.run(["sh", "-c", "echo $$"]);
    const names = [`postgres-${gone.stdout.trim()}-x`, `kafka-${Deno.pid}-y`, "other"];
    for (const name of names) await disk.makeFolder(join(folder, "tmp", name));
    const own = await ownTempFolder(here, "kafka");
    const left = await disk.list(join(folder, "tmp"));
    assert.deepEqual(left, [own.slice(join(folder, "tmp").length + 1), ...names.slice(1)].sort());
  } finally {
    await disk.remove(folder);
  }
});
