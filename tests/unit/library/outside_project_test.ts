/** Another project imports mod.ts by one entry of its import map, and adds a mod of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deno, DenoFolder, OutsideFolder } from "../../support/outside.ts";
import { JOB, WRONG } from "./outside_job.ts";

const ROOT = new URL("../../../", import.meta.url);

/** A project whose import map says where the framework is: checks its types, and runs it without any permission. */
async function importsFrom(target: string, flags: readonly string[], env: Record<string, string> = {}) {
  await using folder = await OutsideFolder.make({
    "deno.json": JSON.stringify({ imports: { "@datapy/datapy": target } }),
    "job.ts": JOB,
    "wrong.ts": WRONG,
  });
  const at = { cwd: folder.path, env };
  await deno(["check", "--no-lock", ...flags, "job.ts", "wrong.ts"], at);
  const { out } = await deno(["run", "--no-prompt", "--no-lock", ...flags, "job.ts"], at);
  assert.equal(out, "3\n");
}

Deno.test("mod.ts is imported by another project by its path", async () => {
  await importsFrom(join(fileURLToPath(ROOT), "mod.ts"), ["--cached-only"]);
});

Deno.test("mod.ts is imported by another project by a file's URL", async () => {
  await importsFrom(new URL("mod.ts", ROOT).href, ["--cached-only"]);
});

Deno.test("mod.ts is imported by another project from a web server", async () => {
  await using folder = await DenoFolder.make();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname;
    const isSource = path === "/mod.ts" || /^\/src\/[\w/]+\.ts$/.test(path);
    if (!isSource) return new Response("not a source of the library", { status: 404 });
    const headers = { "content-type": "application/typescript" };
    return new Response(await Deno.readTextFile(new URL(`.${path}`, ROOT)), { headers });
  });
  const host = `127.0.0.1:${server.addr.port}`;
  await importsFrom(`http://${host}/mod.ts`, [`--allow-import=${host}`], { DENO_DIR: folder.path });
});
