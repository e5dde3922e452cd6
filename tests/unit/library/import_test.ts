/** What importing mod.ts does to a program: nothing. */
import assert from "node:assert/strict";
import { deno } from "../../support/outside.ts";

const probe = (name: string) => new URL(name, import.meta.url).href;

/** Globals that others make: zod's settings and metadata, which all its copies share, and Deno's own for Node. */
const NOT_OURS = ["__zod_globalConfig", "__zod_globalRegistry", "nodeBootstrap"];

/** Runs a program with all permissions; gives what it printed, and the permissions that it used. */
async function audited(file: string): Promise<{ out: string; used: string }> {
  const record = await Deno.makeTempFile();
  try {
    const { out } = await deno(["run", "--allow-all", "--cached-only", probe(file)], {
      env: { DENO_AUDIT_PERMISSIONS: record },
    });
    return { out, used: await Deno.readTextFile(record) };
  } finally {
    await Deno.remove(record);
  }
}

Deno.test("mod.ts calls nothing, listens to nothing and makes no globals when it is imported", async () => {
  const { out } = await deno(["run", "--no-prompt", "--cached-only", probe("import_probe.ts")]);
  const { exports, calls, made } = JSON.parse(out) as { exports: number; calls: string[]; made: string[] };
  assert.ok(exports > 10, out);
  assert.deepEqual(calls, []);
  assert.deepEqual(made.filter((name) => !NOT_OURS.includes(name)), []);
});

Deno.test("mod.ts uses no permission when it is imported, even where it has all", async () => {
  assert.match((await audited("env_probe.ts")).used, /LOG_LEVEL/, "Deno records no permissions here");
  assert.equal((await audited("import_probe.ts")).used, "");
});
