import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { completionScript, SHELLS } from "../../../src/cli/completion_scripts.ts";
import { systemSubprocesses } from "../../../src/runtime/subprocess.ts";
import { datapy } from "./fake_context.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const MAIN = join(ROOT, "src/cli/main.ts");

Deno.test("datapy __complete proposes commands, options, values, mods and jobs, each with what it is for", async () => {
  const jobs = { "jobs/orders.ts": {}, "jobs/orders_test.ts": {}, "jobs/notes.md": {} };
  const words = async (...given: string[]) => {
    const { code, out, err } = await datapy(["__complete", ...given], { jobs });
    assert.deepEqual([code, err], [0, ""]);
    return out.split("\n").slice(0, -1).map((line) => line.split("\t")[0]);
  };
  assert.deepEqual(await words("pe"), ["peek"]);
  assert.deepEqual(await words("offsets", ""), ["show", "reset"]);
  assert.deepEqual(await words("offsets", "reset", "--dry"), ["--dry-run"]);
  assert.deepEqual(await words("offsets", "reset", "--to", ""), ["earliest", "latest"]);
  assert.deepEqual(await words("mods", "describe", "j"), ["json_parser"]);
  assert.deepEqual(await words("check", "jobs/o"), ["jobs/orders.ts"]);
  assert.deepEqual(await words("no", "such", "command"), []);
  assert.ok(!(await words("peek", "orders", "--")).includes("--"));
  const { out } = await datapy(["__complete", "pe"]);
  assert.equal(out, "peek\tLook at records of a topic\n");
});

Deno.test("datapy completions prints a script for each shell, that calls what it is told to", async () => {
  for (const shell of SHELLS) {
    const { code, out, err } = await datapy(["completions", shell]);
    assert.deepEqual([code, out, err], [0, completionScript(shell, "datapy"), ""]);
    const other = await datapy(["completions", shell, "--command", "deno task datapy"]);
    assert.match(other.out, /\(deno task datapy __complete /);
    const unsafe = await datapy(["completions", shell, "--command", "datapy; rm -rf x"]);
    assert.equal(unsafe.code, 64);
  }
});

/** What each shell proposes for a command line; the script is in the file $1. */
const ASK: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  bash: (words) => [
    "bash",
    "--norc",
    "-c",
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _datapy; printf "%s\\n" "${COMPREPLY[@]}"',
    "bash",
    "$script",
    "datapy",
    ...words,
  ],
  fish: (words) => [
    "fish",
    "--no-config",
    "-c",
    'source $argv[1]; complete -C "$argv[2]"',
    "$script",
    ["datapy", ...words].join(" "),
  ],
  zsh: (words) => [
    "zsh",
    "-f",
    "-c",
    'compdef() {}; _files() {}; compadd() { shift 3; print -l -- "$@" }; ' +
    '_describe() { print -l -- "${(@)words_found%%:*}" }; script=$1; shift; source $script; words=("$@"); ' +
    "CURRENT=$#; _datapy",
    "zsh",
    "$script",
    "datapy",
    ...words,
  ],
};

async function isInstalled(shell: string): Promise<boolean> {
  return (await systemSubprocesses.run([shell, "-c", "exit 0"])).code === 0;
}

for (const shell of SHELLS) {
  if (!await isInstalled(shell)) continue;
  Deno.test(`datapy completions ${shell} completes in a real ${shell}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "datapy-test-" });
    try {
      const script = join(folder, "script");
      await Deno.writeTextFile(script, completionScript(shell, "datapy"));
      const run = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-read", "--allow-env", MAIN];
      await Deno.writeTextFile(join(folder, "datapy"), `#!/bin/sh\nexec ${run.join(" ")} "$@"\n`, {
        mode: 0o755,
      });
      const proposed = async (...words: string[]) => {
        const command = ASK[shell]!(words).map((word) => word === "$script" ? script : word);
        const path = `PATH=${folder}:${Deno.env.get("PATH")}`;
        const { code, stdout, stderr } = await systemSubprocesses.run(["env", path, ...command], 20_000);
        assert.deepEqual([code, stderr], [0, ""]);
        return stdout.split("\n").filter((line) => line !== "").map((line) => line.split("\t")[0]);
      };
      assert.deepEqual(await proposed("produ"), ["produce"]);
      assert.deepEqual((await proposed("offsets", "")).sort(), ["reset", "show"]);
      assert.deepEqual(await proposed("mods", "describe", "json_"), ["json_parser"]);
      assert.deepEqual(await proposed("peek", "orders", "--fol"), ["--follow"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
