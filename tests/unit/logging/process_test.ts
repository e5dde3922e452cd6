/** What reaches a real standard error. */
import assert from "node:assert/strict";
import { ChildProcess } from "../../support/child_process.ts";

const CHILD = new URL("./child_log.ts", import.meta.url);

Deno.test("every line is written before the process ends", async () => {
  await using process = new ChildProcess(CHILD, ["set up"]);
  const { code, errors } = await process.ended();
  assert.equal(code, 3);
  assert.equal(errors.length, 2002);
  assert.match(errors.at(-1) ?? "", /\tCRITICAL\tm\tthe last line$/);
});

Deno.test("without setupLogging, warnings and errors are written as text, and nothing else", async () => {
  await using process = new ChildProcess(CHILD, [], { LOG_FORMAT: "json" });
  const { code, errors } = await process.ended();
  assert.equal(code, 3);
  assert.equal(errors.length, 2001);
  assert.match(errors[0] ?? "", /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\tWARNING\tm\tline 0 x+$/);
});

Deno.test("a reader that has gone does not harm the process", async () => {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-env", CHILD.href, "set up"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  await process.stderr.cancel();
  assert.equal((await process.status).code, 3);
});

Deno.test("importing the public API asks for no permission and writes nothing", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", new URL("../../../mod.ts", import.meta.url).href],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.deepEqual({ code, said }, { code: 0, said: "" });
});
