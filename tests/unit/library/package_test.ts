/** The package of `deno task pack`, in an empty folder, from a registry of its own. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { tarball } from "../../../scripts/pack/tarball.ts";
import { deno, DenoFolder, OutsideFolder } from "../../support/outside.ts";
import { JOB, WRONG } from "./outside_job.ts";

/** What is in a package.json that a registry hands on. */
interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** Runs a command of the system in a folder; gives what it printed. */
async function sh(command: string, cwd: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", { args: ["-c", command], cwd }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Packs as `deno task pack` does, elsewhere. In a process of its own, which leaves no TypeScript in deno.lock. */
async function pack() {
  const main = fileURLToPath(new URL("../../../scripts/pack/main.ts", import.meta.url));
  await using folder = await OutsideFolder.make();
  const { out } = await deno(["run", "--no-lock", "-A", main, folder.path]);
  const manifest = JSON.parse(
    await sh(`tar xzOf ${out.trim()} package/package.json`, folder.path),
  ) as Manifest;
  return { manifest, fileName: basename(out.trim()), archive: await Deno.readFile(out.trim()) };
}

const made = await pack();
const { name: NAME, version: VERSION } = made.manifest;

/** A registry for one package: what npm's protocol asks of it to install that. */
function registryOf({ manifest, fileName, archive }: Awaited<ReturnType<typeof pack>>) {
  const { name, version } = manifest;
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const url = new URL(request.url);
    if (url.pathname === `/${fileName}`) return new Response(archive);
    if (decodeURIComponent(url.pathname) !== `/${name}`) {
      return new Response("no such package", { status: 404 });
    }
    const dist = {
      tarball: `${url.origin}/${fileName}`,
      integrity: `sha512-${createHash("sha512").update(archive).digest("base64")}`,
    };
    const versions = { [version]: { ...manifest, dist } };
    return Response.json({ name, "dist-tags": { latest: version }, versions });
  });
}

/** Calls a function in a project whose packages of our scope come from the registry, as a company sets it up. */
async function inProject(
  files: Readonly<Record<string, string>>,
  use: (run: (...args: string[]) => Promise<string>, project: OutsideFolder) => Promise<void>,
): Promise<void> {
  await using registry = registryOf(made);
  const { port } = registry.addr;
  await using cache = await DenoFolder.make();
  cache.forgets(port);
  const scope = NAME.split("/")[0] ?? "";
  await using project = await OutsideFolder.make({
    ".npmrc": `${scope}:registry=http://127.0.0.1:${port}/\n`,
    ...files,
  });
  const at = { cwd: project.path, env: { DENO_DIR: cache.path } };
  await use(async (...args) => (await deno(args, at)).out, project);
}

Deno.test("the package has its types, and runs without any permission", async () => {
  const files = {
    "deno.json": JSON.stringify({ imports: { "@datapy/datapy": "npm:@datapy/datapy" } }),
    "job.ts": JOB,
    "wrong.ts": WRONG,
    "testing.ts":
      'import { memoryConnection } from "@datapy/datapy/testing";\nmemoryConnection({ a: 1 }).read("a");\n',
  };
  await inProject(files, async (run) => {
    await run("check", "job.ts", "wrong.ts", "testing.ts");
    assert.equal(await run("run", "--no-prompt", "job.ts"), "3\n");
    await run("run", "--no-prompt", "testing.ts");
  });
});

Deno.test("the package is the command line too, and makes a project that imports it by one entry", async () => {
  await inProject({ "deno.json": "{}" }, async (run, project) => {
    const datapy = (...words: string[]) => run("run", "-A", `npm:${NAME}@${VERSION}`, ...words);
    assert.equal(await datapy("--version"), `${VERSION}\n`);
    await datapy("new", "billing", "--pattern", "to-db");
    const { imports } = JSON.parse(await Deno.readTextFile(project.file("billing/deno.json")));
    assert.equal(imports["@datapy/datapy"], `npm:${NAME}@${VERSION}`);
    await Deno.copyFile(project.file(".npmrc"), project.file("billing/.npmrc"));
    await run("task", "--cwd", "billing", "check");
    await run("task", "--cwd", "billing", "test");
  });
});

Deno.test("tarball() makes the same archive of the same files, which tar can read", async () => {
  const long = `${"folder/".repeat(20)}${"x".repeat(90)}.txt`;
  const files: [string, string][] = [["b.txt", "two"], ["a/é.txt", "ü".repeat(600)], [long, ""], [
    "c",
    "x".repeat(512),
  ]];
  const archive = await tarball(new Map(files));
  assert.deepEqual(await tarball(new Map(files.toReversed())), archive);
  await using folder = await OutsideFolder.make();
  await Deno.writeFile(folder.file("a.tgz"), archive);
  await sh("tar xzf a.tgz", folder.path);
  for (const [path, text] of files) {
    assert.equal(await Deno.readTextFile(folder.file(`package/${path}`)), text);
  }
});
