import { type Child, systemSubprocesses } from "../../../src/runtime/subprocess.ts";
import { within } from "../wait_for.ts";

/** How long one block may take. */
const BOUND_MS = 180_000;

/** Longer than a job takes to drain. */
const STOP_MS = 40_000;

/**
 * Runs the commands `$1`. When its own input ends, all that they have started gets SIGTERM: so they are stopped, also when
 * the tests are killed. It leads a process group, as a terminal's Ctrl+C reaches one.
 */
const GUARDED = `
exec 3<&0
trap 'stopped=yes' TERM
sh -ec "$1" </dev/null 2>&1 3<&- &
command=$!
{ cat <&3; kill -s TERM 0; } >/dev/null 2>&1 &
wait "$command"
code=$?
if [ -n "$stopped" ]; then
  wait "$command"
  code=$?
fi
echo "exit code $code"`;

/** Commands of a page that run: their output by lines, standard error included. */
export class Command implements AsyncDisposable {
  readonly #child: Child;
  readonly #read: Promise<void>;
  readonly #lines: string[] = [];

  constructor(commands: string, folder: string, env: Readonly<Record<string, string>>) {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const inFolder = ["sh", "-c", 'cd "$0" && exec "$@"', folder, "env", ...variables];
    this.#child = systemSubprocesses.start([...inFolder, "sh", "-c", GUARDED, "sh", commands]);
    this.#read = this.#readLines();
  }

  /** What was printed until now. */
  get output(): readonly string[] {
    return this.#lines.filter((line) => !/^exit code \d+$/.test(line));
  }

  /** Its exit code; undefined while it runs. */
  get code(): number | undefined {
    const last = /^exit code (\d+)$/.exec(this.#lines.at(-1) ?? "");
    return last === null ? undefined : Number(last[1]);
  }

  /** Waits until it ends by itself. */
  async ended(): Promise<number | undefined> {
    await within(this.#read, "the commands to end", BOUND_MS);
    return this.code;
  }

  /** Stops it, and waits until it has ended. */
  async stopped(): Promise<number | undefined> {
    await this.#child.closeInput();
    await within(this.#read, "the commands to stop", STOP_MS);
    return this.code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopped();
    await this.#child.ended();
  }

  async #readLines(): Promise<void> {
    for (let line = await this.#child.readLine(); line !== undefined; line = await this.#child.readLine()) {
      this.#lines.push(line);
    }
  }
}
