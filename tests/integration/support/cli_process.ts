import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitFor, within } from "../../support/wait_for.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The permissions of the task `datapy`: what a user's command line has. */
const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json"))) as {
  tasks: { datapy: { command: string } };
};
const FLAGS = tasks.datapy.command.split(" ").filter((word) => word.startsWith("--"));

const BOUND_MS = 120_000; // deno check reads a whole job for the first time

/** What a command printed, and its exit code. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a command is given besides its words. */
export interface Given {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** `datapy` as a process of its own, from the repository's folder, as a user starts it. */
export class DatapyProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #out: Promise<string>;
  readonly #err: Promise<string>;
  /** What it has printed so far. */
  out = "";
  err = "";

  constructor(words: readonly string[], { stdin, env }: Given = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", ...FLAGS, join(ROOT, "src/cli/main.ts"), ...words],
      cwd: ROOT,
      env: { NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#out = this.#read(this.#child.stdout, (text) => this.out += text);
    this.#err = this.#read(this.#child.stderr, (text) => this.err += text);
    const writer = this.#child.stdin.getWriter();
    const written = stdin === undefined ? Promise.resolve() : writer.write(new TextEncoder().encode(stdin));
    written.then(() => writer.close()).catch(() => {}); // it may end without reading
  }

  /** Runs a command to its end. */
  static async run(words: readonly string[], given: Given = {}): Promise<Printed> {
    await using command = new DatapyProcess(words, given);
    return await command.ended();
  }

  /** Waits until it has printed a text to standard output. */
  async printed(text: string): Promise<void> {
    await waitFor(
      () => this.out.includes(text),
      () => `"${text}" in ${JSON.stringify([this.out, this.err])}`,
    );
  }

  send(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. */
  async ended(): Promise<Printed> {
    const { code } = await within(this.#child.status, "datapy to end", BOUND_MS);
    return { code, out: await this.#out, err: await this.#err };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
    await this.#child.status;
    await Promise.all([this.#out, this.#err]);
  }

  async #read(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<string> {
    let all = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      all += text;
      add(text);
    }
    return all;
  }
}
