import { linesOf } from "./lines.ts";

/** How long a child may live: a test that waits for a line that never comes fails instead of hanging. */
const LIFE_MS = 30_000;

/** A Deno program in a process of its own, whose output is read by lines. It is killed at the end, whatever happens. */
export class ChildProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #out: AsyncGenerator<string>;
  readonly #errors: string[] = [];
  readonly #errorsEnd: Promise<void>;
  #onError = Promise.withResolvers<void>();
  readonly #life: ReturnType<typeof setTimeout>;

  /** Runs a module with permission to read, and to read the environment; `env` is all that it finds there. */
  constructor(module: URL, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const inherited = ["PATH", "HOME", "DENO_DIR"].map((name) => [name, Deno.env.get(name)])
      .filter(([, value]) => value !== undefined);
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-read",
        "--allow-env",
        ...("HEALTH_PORT" in env ? ["--allow-net"] : []),
        module.href,
        ...args,
      ],
      clearEnv: true,
      env: { ...Object.fromEntries(inherited), ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#out = linesOf(this.#process.stdout);
    this.#errorsEnd = this.#readErrors();
    this.#life = setTimeout(() => this.#kill(), LIFE_MS);
  }

  /** The next line of its standard output; undefined when there is no more. */
  async line(): Promise<string | undefined> {
    return (await this.#out.next()).value;
  }

  /** Sends it a signal. */
  send(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Sends it a signal again and again until it ends. */
  async sendUntilEnded(signal: Deno.Signal): Promise<void> {
    const again = setInterval(() => this.#process.kill(signal), 50);
    await this.#process.status;
    clearInterval(again);
  }

  /** Writes to its standard input. */
  async write(text: string): Promise<void> {
    const writer = this.#process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    writer.releaseLock();
  }

  /** Waits until a line of its standard error contains a text, or there are no more. */
  async told(text: string): Promise<void> {
    let ended = false;
    this.#errorsEnd.then(() => ended = true);
    while (!ended && !this.#errors.some((line) => line.includes(text))) {
      await Promise.race([this.#onError.promise, this.#errorsEnd]);
    }
  }

  /** Waits until it ends: its exit code, and the lines of its standard error. */
  async ended(): Promise<{ code: number; errors: string[] }> {
    const { code } = await this.#process.status;
    await this.#errorsEnd;
    return { code, errors: this.#errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#life);
    this.#kill();
    await this.#process.status;
    await this.#errorsEnd;
    await this.#process.stdin.close().catch(() => {});
    while (!(await this.#out.next()).done); // read to its end, or the stream stays open
  }

  async #readErrors(): Promise<void> {
    for await (const line of linesOf(this.#process.stderr)) {
      this.#errors.push(line);
      this.#onError.resolve();
      this.#onError = Promise.withResolvers();
    }
  }

  #kill(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // it has ended
    }
  }
}
