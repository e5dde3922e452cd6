import { waitFor, within } from "../../support/wait_for.ts";

/** How to start a job. */
export interface JobStart {
  /** Path of the script. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Variables on top of those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder in which it runs: what it may write lies below. */
  readonly folder: string;
  /** The deno.json whose task `run` says what it may do; that of this repository by default. */
  readonly config?: string;
}

/** How to start a compiled program, which needs no Deno. */
export interface ProgramStart {
  /** Path of the program. */
  readonly program: string;
  readonly args?: readonly string[];
  /** All of its variables: the environment is empty otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  readonly folder: string;
}

const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

/** The flags that `deno task run` gives to a job, but for the check of its types: these tests must not be allowed more. */
function runFlags(config: string): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(config));
  const task: string | { command: string } = tasks.run;
  const command = typeof task === "string" ? task : task.command;
  return command.split(/\s+/).filter((word) => word.startsWith("-") && word !== "--check");
}

function denoRun({ script, args = [], config = CONFIG }: JobStart): readonly string[] {
  return [Deno.execPath(), "run", "--config", config, ...runFlags(config), script, ...args];
}

/** A job as a process of its own, talked to by lines; killed when it is disposed. */
export class JobProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #readers: Promise<void>;
  /** What it printed, line by line. */
  readonly output: string[] = [];
  /** What it logged, line by line. */
  readonly log: string[] = [];
  /** Resolves to its exit code; 128 and the signal's number where a signal ended it. */
  readonly exited: Promise<number>;
  #code: number | undefined;

  constructor(start: JobStart | ProgramStart) {
    const { args = [], env = {}, folder } = start;
    const command = "program" in start
      ? [
        "env",
        "-i",
        ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
        start.program,
        ...args,
      ]
      : denoRun(start);
    // through sh, so that one permission (--allow-run=sh) is enough; exec makes the process id that of the job
    this.#child = new Deno.Command("sh", {
      args: ["-c", 'exec "$@"', "sh", ...command],
      cwd: folder,
      env: { LOG_LEVEL: "INFO", LOG_FORMAT: "", NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#readers = Promise.all([
      keepLines(this.#child.stdout, this.output),
      keepLines(this.#child.stderr, this.log),
    ]).then(() => {});
    this.exited = this.#child.status.then(async ({ code }) => {
      await this.#readers;
      return this.#code = code;
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Whether it runs still. */
  get running(): boolean {
    return this.#code === undefined;
  }

  /** The line that says why it failed; empty where there is none. */
  get failure(): string {
    return this.log.find((line) => line.includes("CRITICAL")) ?? "";
  }

  /** Sends a line to its standard input. */
  async send(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {}); // it has gone
  }

  signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a TypeError says that it has ended already
    }
  }

  /** Its exit code; fails with the end of its log where it does not end within the bound. */
  async exitCode(boundMs?: number): Promise<number> {
    return await within(this.exited, "the job's end", boundMs).catch((error) => {
      throw new Error(`${error.message}; its log ends with\n${this.log.slice(-10).join("\n")}`);
    });
  }

  /** Waits until a line of its log matches. Fails at once where the job ends without. */
  async logged(pattern: RegExp, boundMs?: number): Promise<string> {
    return await this.until(() => this.log.find((line) => pattern.test(line)), `a line ${pattern}`, boundMs);
  }

  /** Waits until a condition holds that the job's doing brings about. Fails at once where the job ends without. */
  async until<T>(
    condition: () => T | undefined | false | Promise<T | undefined | false>,
    what: string,
    boundMs?: number,
  ): Promise<T> {
    const tail = () => `${what}; the job's log ends with\n${this.log.slice(-10).join("\n")}`;
    return await waitFor(
      async () => {
        const over = !this.running; // looked at before: what it did last counts
        const result = await condition();
        if (over && (result === undefined || result === false)) {
          throw new Error(`The job ended with exit code ${this.#code} before ${tail()}`);
        }
        return result;
      },
      tail,
      boundMs,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await this.exited;
    await this.#input.close().catch(() => {});
  }
}

async function keepLines(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  let pending = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (pending + text).split("\n");
    pending = parts.pop() ?? "";
    lines.push(...parts);
  }
  if (pending !== "") lines.push(pending);
}
