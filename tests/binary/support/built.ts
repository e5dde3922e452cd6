import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemSubprocesses } from "../../../src/runtime/subprocess.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a command printed, and its exit code. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command in a folder to its end. */
export async function runIn(folder: string, ...command: readonly string[]): Promise<Printed> {
  const { code, stdout, stderr } = await systemSubprocesses.run([
    "sh",
    "-c",
    'cd "$0" && exec "$@"',
    folder,
    ...command,
  ]);
  return { code, out: stdout, err: stderr };
}

/** A program as `deno task compile` makes it, with an empty folder beside it; both are gone when it is disposed. */
export class BuiltProgram implements AsyncDisposable {
  private constructor(readonly path: string, readonly folder: string, readonly home: string) {}

  static async make(): Promise<BuiltProgram> {
    const home = await Deno.makeTempDir({ prefix: "datapy-test-" });
    const folder = join(home, "empty");
    await Deno.mkdir(folder);
    const path = join(home, "datapy");
    const built = new BuiltProgram(path, folder, home);
    const { code, out, err } = await runIn(
      ROOT,
      Deno.execPath(),
      "task",
      "--quiet",
      "compile",
      "--out",
      path,
    );
    if (code === 0) return built;
    await built[Symbol.asyncDispose]();
    throw new Error(`deno task compile ended with ${code}\n${out}\n${err}`);
  }

  /** Runs it in its empty folder to its end, with these variables and no others. */
  async run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Printed> {
    const variables = Object.entries({ TMPDIR: this.home, ...env }).map(([name, value]) =>
      `${name}=${value}`
    );
    return await runIn(this.folder, "env", "-i", ...variables, this.path, ...words);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.home, { recursive: true });
  }
}
