/** Java's own client, run from the programs in tests/integration/java, to compare with. */
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { kafkaJars } from "../../../src/dev/kafka/jvm_jars.ts";
import { systemTools } from "../../../src/dev/kafka/mod.ts";
import { BROKER_FOLDER } from "../../support/broker.ts";

const LONGEST_MS = 120_000;

/** Why Java's client cannot run here; undefined where it can. */
export async function noJava(): Promise<string | undefined> {
  const command = new Deno.Command("sh", {
    args: ["-c", "java --list-modules | grep -q jdk.compiler"],
    stdin: "null",
  });
  const { success } = await command.output();
  return success ? undefined : "there is no JDK, which runs Java's client";
}

/** Starts a program, by its name and its arguments. Downloads Kafka's jars where they are not there yet. */
export async function startJava(program: string, ...args: readonly string[]): Promise<JavaPeer> {
  const jars = await kafkaJars(systemTools(BROKER_FOLDER));
  const file = fileURLToPath(new URL(`../java/${program}.java`, import.meta.url));
  return new JavaPeer([jars.join(delimiter), file, ...args]);
}

/** A program that runs. It is killed when it is disposed. */
export class JavaPeer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #life: ReturnType<typeof setTimeout>;
  /** What it has printed so far. */
  said = "";

  constructor(args: readonly string[]) {
    this.#process = new Deno.Command("sh", {
      args: ["-c", 'exec java -XX:TieredStopAtLevel=1 -cp "$@" 2>&1', "sh", ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#reading = this.#read();
    this.#life = setTimeout(() => this.#kill(), LONGEST_MS);
  }

  /** Waits for its end by itself. */
  async succeeds(): Promise<boolean> {
    await this.#reading;
    return (await this.#process.status).success;
  }

  /** Asks it to end, as the programs do that run until then, and waits. */
  async stop(): Promise<boolean> {
    const input = this.#process.stdin.getWriter();
    await input.write(new TextEncoder().encode("stop\n"));
    input.releaseLock();
    return await this.succeeds();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#life);
    this.#kill();
    await this.#reading;
    await this.#process.status;
    await this.#process.stdin.close().catch(() => {});
  }

  async #read(): Promise<void> {
    for await (const text of this.#process.stdout.pipeThrough(new TextDecoderStream())) this.said += text;
  }

  #kill(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // it has ended
    }
  }
}
