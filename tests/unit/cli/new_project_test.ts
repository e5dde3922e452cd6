/** What `datapy new` makes in an empty folder, tried as its user would: its test, its types, its format. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { PATTERN_NAMES } from "../../../src/cli/new/patterns.ts";
import { deno, OutsideFolder } from "../../support/outside.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

for (const pattern of PATTERN_NAMES) {
  Deno.test(`datapy new --pattern ${pattern} makes a project whose test and types are right`, async () => {
    await using folder = await OutsideFolder.make();
    const words = ["new", "billing", "--pattern", pattern];
    await deno(["run", "--no-prompt", "-A", MAIN, ...words], { cwd: folder.path });
    const at = { cwd: folder.file("billing") };
    await deno(["task", "check"], at);
    const { out } = await deno(["task", "test", "--no-check"], at); // its types were checked just now
    assert.match(out, /^ok \| [1-9]\d* passed/m);
    await deno(["fmt", "--check"], at);
    await deno(["lint"], at);
    const { errors } = await deno(["run", "-A", MAIN, ...words], { cwd: folder.path, code: 64 });
    assert.match(errors, /Nothing was written/);
  });
}
