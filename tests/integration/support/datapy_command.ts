import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Child, systemSubprocesses } from "../../../src/runtime/subprocess.ts";
import { BROKER_FOLDER } from "../../support/broker.ts";
import { KAFKA_VERSION } from "../../../src/dev/kafka/versions.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const MAIN = join(ROOT, "src/cli/main.ts");

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * The command line in a folder of its own. What it has started ends when it is disposed, and also when the tests are killed:
 * a shell waits for the end of its input and then runs `kafka down`, and `postgres down` where there is one.
 */
export class DatapyFolder implements AsyncDisposable {
  readonly #command: readonly string[];
  readonly #cleaner: Child;

  private constructor(
    readonly path: string,
    env: Readonly<Record<string, string>>,
    flags: readonly string[],
  ) {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    this.#command = [
      "sh",
      "-c",
      'cd "$0" && exec "$@"',
      path,
      "env",
      ...variables,
      Deno.execPath(),
      "run",
      "--quiet",
      ...flags,
      MAIN,
    ];
    const clean = 'cat >/dev/null; folder=$1; shift; "$@" kafka down; ' +
      '[ ! -e "$folder/.datapy/postgres.json" ] || "$@" postgres down; rm -rf "$folder"';
    this.#cleaner = systemSubprocesses.start(["sh", "-c", clean, "sh", path, ...this.#command]);
  }

  /** Makes the folder; Kafka's jars are those that were downloaded before, if they were. */
  static async make(env: Readonly<Record<string, string>>): Promise<DatapyFolder> {
    const path = await Deno.makeTempDir({ prefix: "datapy-test-" });
    const jars = join(BROKER_FOLDER, `kafka-${KAFKA_VERSION}`);
    await Deno.mkdir(jars, { recursive: true });
    await Deno.mkdir(join(path, ".datapy"));
    await Deno.symlink(jars, join(path, ".datapy", `kafka-${KAFKA_VERSION}`));
    const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
      tasks: { kafka: { command: string } };
    };
    const flags = tasks.kafka.command.split(" ").filter((word) => word.startsWith("--"));
    return new DatapyFolder(path, { DATAPY_KAFKA: "", NO_COLOR: "1", ...env }, flags);
  }

  /** Runs `datapy` with these words, by the flags of the task `kafka`. */
  async datapy(...words: string[]): Promise<Ran> {
    const { code, stdout, stderr } = await systemSubprocesses.run([...this.#command, ...words]);
    return { code, out: stdout, err: stderr };
  }

  /** What `up` has remembered. */
  async state(): Promise<{ pid: number; id: string; bootstrap: string }> {
    return JSON.parse(await Deno.readTextFile(join(this.path, ".datapy", "kafka.json")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleaner.closeInput();
    await this.#cleaner.ended();
  }
}
