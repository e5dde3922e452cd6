import assert from "node:assert/strict";
import { z } from "zod";
import { artifact, defineMod } from "../../../src/core/define_mod.ts";
import { inMessageScope, MessageScope } from "../../../src/core/message_scope.ts";
import { registeredMods, registerMod, runMod, runningMods } from "../../../src/job/run_mod.ts";
import { builtins } from "../../../src/mods/builtins.ts";
import { settle } from "../../support/manual_clock.ts";

let release: () => void = () => {};

const waitingMod = defineMod({
  name: "run_mod_test_waiting",
  description: "Waits until it is released.",
  params: z.strictObject({ text: z.string().optional().describe("Handed on.") }),
  artifacts: { text: artifact<string | undefined>("What came in.") },
  async run({ text }) {
    await new Promise<void>((resolve) => release = resolve);
    return { artifacts: { text } };
  },
});

declare module "../../../src/core/mod_map.ts" {
  interface ModMap {
    run_mod_test_waiting: typeof waitingMod;
  }
}

registerMod(waitingMod);

Deno.test("registerMod takes a mod again, but not another one of its name", () => {
  registerMod(waitingMod);
  assert.throws(
    () => registerMod({ ...waitingMod }),
    /^TypeError: Cannot register mod "run_mod_test_waiting": another mod has that name$/,
  );
});

Deno.test("registeredMods are the built-in ones and those that were registered, by name", () => {
  const names = registeredMods().map((mod) => mod.name);
  assert.deepEqual(names, [...builtins.map((mod) => mod.name), "run_mod_test_waiting"].sort());
});

Deno.test("runMod is remembered while it runs, those of messages apart", async () => {
  const scope = new MessageScope();
  const inMessage = inMessageScope(scope, () => runMod("run_mod_test_waiting", {}));
  assert.deepEqual([runningMods.get().names, scope.running], [[], ["run_mod_test_waiting"]]);
  await Promise.resolve();
  release();
  await inMessage;

  const outside = runMod("run_mod_test_waiting", { text: "a" });
  assert.deepEqual(runningMods.get().names, ["run_mod_test_waiting"]);
  release();
  assert.equal((await outside).artifacts.text, "a");
  assert.deepEqual(runningMods.get().names, []);
});

Deno.test("runMod below a message that is over is remembered as one outside of messages", async () => {
  const scope = new MessageScope();
  const over = Promise.withResolvers<void>();
  const late = inMessageScope(scope, async () => {
    await over.promise; // as a timer does that the processor set
    return await runMod("run_mod_test_waiting", { text: "late" });
  });
  scope.end();
  over.resolve();
  await settle();
  assert.deepEqual([runningMods.get().names, scope.running], [["run_mod_test_waiting"], []]);
  release();
  assert.equal((await late).artifacts.text, "late");
  assert.deepEqual(runningMods.get().names, []);
});

Deno.test("runMod suggests the nearest mod", async () => {
  const mistyped = "jason_parser" as "json_parser";
  await assert.rejects(runMod(mistyped, { json_string: "{}" }), {
    name: "ModError",
    mod: "jason_parser",
    kind: "configuration",
    message: /^jason_parser: there is no mod of that name; did you mean "json_parser"\? \(known: /,
  });
  assert.deepEqual(runningMods.get().names, []);
});
