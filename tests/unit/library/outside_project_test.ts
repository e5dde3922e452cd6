/** Another project imports mod.ts by one entry of its import map, and adds a mod of its own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deno, OutsideFolder } from "./outside.ts";

const ROOT = new URL("../../../", import.meta.url);

/** A job with a mod of its own. Its zod is named in it: whose version it is does not matter. */
const JOB = `import { z } from "npm:zod@4.6.7";
import { artifact, defineMod, registerMod, runMod, toRows } from "@datapy/datapy";

const addUp = defineMod({
  name: "add_up",
  description: "Adds up.",
  params: z.strictObject({ numbers: z.array(z.number()).describe("What to add up.") }),
  artifacts: { sum: artifact<number>("The sum.") },
  run: ({ numbers }) => ({ artifacts: { sum: numbers.reduce((a, b) => a + b, 0) } }),
});

declare module "@datapy/datapy" {
  interface ModMap {
    add_up: typeof addUp;
  }
}
registerMod(addUp);

const parsed = await runMod("json_parser", { json_string: '[{"n": 1}, {"n": 2}]' });
const numbers = toRows(parsed.artifacts.data).map(({ n }) => Number(n));
const { sum } = (await runMod("add_up", { numbers })).artifacts;
const three: number = sum;
console.log(three);
`;

/** The compiler must refuse each of these, or it knows no types at all. */
const WRONG = `${JOB}
export const wrong = [
  // @ts-expect-error there is no such mod
  () => runMod("add_upp", {}),
  // @ts-expect-error these are no numbers
  () => runMod("add_up", { numbers: ["1"] }),
  // @ts-expect-error a built-in mod's parameter is mistyped
  () => runMod("json_parser", { json_strin: "{}" }),
  // @ts-expect-error the artifact is a number
  () => sum satisfies string,
];
`;

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
  const { denoDir } = JSON.parse((await deno(["info", "--json"])).out) as { denoDir: string };
  // what comes from a web server is kept in Deno's folder: another one, with the packages that are there already
  await using folder = await OutsideFolder.make();
  await Deno.symlink(join(denoDir, "npm"), folder.file("npm"));
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
