/** How a command ended, and what it said. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command that talks by lines. It lives in a session of its own, so Ctrl+C in the terminal passes it by. */
export interface Child {
  readonly pid: number;
  /** The next line of its standard output; undefined at the end. Not to be called twice at the same time. */
  readLine(): Promise<string | undefined>;
  /** Hands a line to its standard input; ignored where it has gone. */
  writeLine(text: string): Promise<void>;
  /** Ends its standard input: a guardian takes this for "the parent has gone". Idempotent. */
  closeInput(): Promise<void>;
  /** Its exit code, once it has ended; reading of its outputs ends with it. */
  ended(): Promise<number>;
  /** The last kilobytes of its standard error. */
  errorTail(): string;
}

/** Where commands run, passed in so that tests need none. A POSIX shell is needed; Windows has it within WSL only. */
export interface Subprocesses {
  /** Runs a command to its end. Code 127 where there is no such command, -1 where it took longer than `timeoutMs`. */
  run(command: readonly string[], timeoutMs?: number): Promise<Finished>;
  /** Starts a command with pipes to and from it. */
  start(command: readonly string[]): Child;
  /** Starts a command that outlives this process, its output appended to a file; gives its process id. */
  startDetached(command: readonly string[], outputFile: string): number;
  /** The command line of a process; empty where it has ended, even where nobody has collected it yet. */
  commandLine(pid: number): Promise<string>;
  /** Sends a signal; a process that has gone is no error. */
  signal(pid: number, signal: "TERM" | "INT" | "QUIT" | "KILL" | "STOP" | "CONT"): Promise<void>;
  /** The command that runs a script with this same Deno. */
  denoCommand(script: string, permissions: readonly string[]): readonly string[];
}

/**
 * Everything goes through `sh`: one permission (`--allow-run=sh`) instead of a list of programs that differs from machine
 * to machine, and Deno itself asks for all permissions to read /proc or to send a signal.
 */
const throughShell = (command: readonly string[]) => ["-c", 'exec "$@"', "sh", ...command];

// A zombie's cmdline is empty on Linux; elsewhere ps shows it as <defunct> or (name), which no caller looks for. That of a
// process that is just becoming another program (execve) is empty too: then it is asked again, as long as it lives.
const COMMAND_LINE = String.raw`
if [ -d /proc/$$ ]; then
  for again in $(seq 50); do
    line="$(tr '\0' ' ' < "/proc/$1/cmdline")"
    [ -z "$line" ] || break
    grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status" || break
  done
  printf '%s' "$line"
else
  ps -ww -o command= -p "$1"
fi`;

/** The commands of this machine. */
export const systemSubprocesses: Subprocesses = {
  async run(command, timeoutMs) {
    const late = new AbortController();
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => late.abort(), timeoutMs);
    const child = new Deno.Command("sh", {
      args: throughShell(command),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: late.signal,
    });
    const { code, stdout, stderr } = await child.output().finally(() => clearTimeout(timer));
    const text = new TextDecoder();
    return {
      code: late.signal.aborted ? -1 : code,
      stdout: text.decode(stdout),
      stderr: text.decode(stderr),
    };
  },
  start(command) {
    return new PipedChild(
      new Deno.Command("sh", {
        args: throughShell(command),
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
        detached: true,
      }).spawn(),
    );
  },
  startDetached(command, outputFile) {
    const child = new Deno.Command("sh", {
      args: ["-c", 'out=$1; shift; exec "$@" >>"$out" 2>&1', "sh", outputFile, ...command],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true,
    }).spawn();
    child.unref();
    return child.pid;
  },
  async commandLine(pid) {
    const { stdout } = await this.run(["sh", "-c", COMMAND_LINE, "sh", String(pid)]);
    return stdout.trim();
  },
  async signal(pid, signal) {
    await this.run(["sh", "-c", 'kill -s "$1" "$2"', "sh", signal, String(pid)]);
  },
  denoCommand(script, permissions) {
    return [Deno.execPath(), "run", "--no-prompt", ...permissions, script];
  },
};

const TAIL_BYTES = 4096;

class PipedChild implements Child {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<void>;
  #errorTail = "";
  #pending = "";
  #inputOpen = true;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#errors = this.#keepErrors(child.stderr);
  }

  get pid(): number {
    return this.#child.pid;
  }

  async readLine(): Promise<string | undefined> {
    while (!this.#pending.includes("\n")) {
      const { value, done } = await this.#output.read();
      if (done) {
        const rest = this.#pending;
        this.#pending = "";
        return rest === "" ? undefined : rest;
      }
      this.#pending += value;
    }
    const end = this.#pending.indexOf("\n");
    const line = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end + 1);
    return line;
  }

  async writeLine(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${text}\n`)).catch(() => {});
  }

  async closeInput(): Promise<void> {
    if (!this.#inputOpen) return;
    this.#inputOpen = false;
    await this.#input.close().catch(() => {}); // it has gone already
  }

  async ended(): Promise<number> {
    while (await this.readLine() !== undefined); // a full pipe would hold it back
    await this.#errors;
    return (await this.#child.status).code;
  }

  errorTail(): string {
    return this.#errorTail;
  }

  async #keepErrors(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#errorTail = (this.#errorTail + text).slice(-TAIL_BYTES);
    }
  }
}
