import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BROKER_FOLDER } from "../../support/broker.ts";
import { KAFKA_VERSION } from "../../../src/dev/kafka/versions.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a command printed, and its exit code. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command line in a folder of its own, which ends what it has started when it is disposed. */
export class DatapyFolder implements AsyncDisposable {
  private constructor(readonly path: string, readonly env: Readonly<Record<string, string>>) {}

  /** Makes the folder; Kafka's jars are those that were downloaded before, if they were. */
  static async make(env: Readonly<Record<string, string>>): Promise<DatapyFolder> {
    const path = await Deno.makeTempDir({ prefix: "datapy-test-" });
    const jars = join(BROKER_FOLDER, `kafka-${KAFKA_VERSION}`);
    await Deno.mkdir(jars, { recursive: true });
    await Deno.mkdir(join(path, ".datapy"));
    await Deno.symlink(jars, join(path, ".datapy", `kafka-${KAFKA_VERSION}`));
    return new DatapyFolder(path, { DATAPY_KAFKA: "", NO_COLOR: "1", ...env });
  }

  /** Runs `datapy` with these words, by the flags of the task `kafka`. */
  async datapy(...words: string[]): Promise<Ran> {
    const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
      tasks: { kafka: string };
    };
    const flags = tasks.kafka.split(" ").filter((word) => word.startsWith("--"));
    const script = join(ROOT, "src/cli/main.ts");
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", 'exec "$@"', "sh", Deno.execPath(), "run", "--quiet", ...flags, script, ...words],
      cwd: this.path,
      env: this.env,
    }).output();
    const text = new TextDecoder();
    return { code, out: text.decode(stdout), err: text.decode(stderr) };
  }

  /** What `up` has remembered. */
  async state(): Promise<{ pid: number; id: string; bootstrap: string }> {
    return JSON.parse(await Deno.readTextFile(join(this.path, ".datapy", "kafka.json")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.datapy("kafka", "down");
    await Deno.remove(this.path, { recursive: true });
  }
}
