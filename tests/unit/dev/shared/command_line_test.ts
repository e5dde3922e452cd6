import assert from "node:assert/strict";
import { systemSubprocesses } from "../../../../src/runtime/subprocess.ts";
import { waitFor } from "../../../support/wait_for.ts";

const processes = systemSubprocesses;

/** Becomes another program four times, and stays. */
const BECOMING = ["sh", "-c", `exec sh -c 'exec sh -c "exec env sleep 60"'`];

Deno.test("commandLine() of a process that becomes another program is never empty while it lives", async () => {
  for (let i = 0; i < 40; i++) {
    const pid = processes.startDetached(BECOMING, "/dev/null");
    try {
      const lines = await Promise.all(Array.from({ length: 6 }, () => processes.commandLine(pid)));
      assert.deepEqual(lines.filter((line) => line === ""), []);
    } finally {
      await processes.signal(pid, "KILL");
    }
  }
});

Deno.test("commandLine() of a process that has ended is empty, also where nobody has collected it", async () => {
  const pid = processes.startDetached(["sleep", "60"], "/dev/null");
  assert.match(await processes.commandLine(pid), /sleep 60/);
  await processes.signal(pid, "KILL");
  await waitFor(async () => await processes.commandLine(pid) === "", "its end");
});
