import { linesOf } from "../../support/lines.ts";

const LIFE_MS = 30_000;

/** A Deno program that opens databases in a process of its own, killed at the end, whatever happens. */
export class DuckDbProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string>;
  readonly #errors: Promise<string>;
  readonly #life: ReturnType<typeof setTimeout>;

  /** `prelude` is what the shell does before: a limit, for instance. */
  constructor(script: string, args: readonly string[], prelude = ":") {
    const program = new URL(script, import.meta.url).pathname;
    const deno = [Deno.execPath(), "run", "--no-prompt", "--allow-all", program, ...args];
    this.#child = new Deno.Command("sh", {
      args: ["-c", `${prelude}; exec "$@"`, "sh", ...deno],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#lines = linesOf(this.#child.stdout);
    this.#errors = new Response(this.#child.stderr).text();
    this.#life = setTimeout(() => this.#kill(), LIFE_MS);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The next line of its standard output. Rejects with its standard error where there is no more. */
  async line(): Promise<string> {
    const next = await this.#lines.next();
    if (!next.done) return next.value;
    const { code, signal } = await this.#child.status;
    throw new Error(`The process ended with ${signal ?? code} before its line: ${await this.#errors}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#life);
    this.#kill();
    await this.#child.status;
    await this.#errors;
    await this.#child.stdin.close().catch(() => {});
    while (!(await this.#lines.next()).done);
  }

  #kill(): void {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // it has ended
    }
  }
}
