/** What a measured consumer says on standard output when it has read its messages: one line of JSON. */
export interface Measured {
  /** Messages a second, from the first to the last. */
  readonly rate: number;
  /** Milliseconds from the start of the process to the first message. */
  readonly firstMs: number;
  /** Resident memory in MB: after each quarter of the messages. */
  readonly memory: readonly number[];
}

/** What a measured consumer is told, as its arguments. */
export interface Task {
  readonly bootstrap: string;
  readonly topic: string;
  readonly group: string;
  readonly messages: number;
  /** Unix time in milliseconds at which it was started. */
  readonly startedAt: number;
}

/** Counts the messages of a consumer, and knows when it has read enough. */
export class Meter {
  #count = 0;
  #first = 0;
  #last = 0;
  readonly #memory: number[] = [];
  readonly #done = Promise.withResolvers<void>();
  /** Resolves with the last message. */
  readonly done: Promise<void> = this.#done.promise;

  constructor(readonly task: Task) {}

  /** A message has arrived. */
  message(): void {
    this.#count++;
    if (this.#count === 1) this.#first = Date.now();
    const quarter = Math.floor(this.task.messages / 4);
    if (this.#count % quarter === 0) this.#memory.push(Deno.memoryUsage().rss / 1e6);
    if (this.#count !== this.task.messages) return;
    this.#last = Date.now();
    this.#done.resolve();
  }

  /** Prints what was measured. */
  tell(): void {
    const seconds = (this.#last - this.#first) / 1000;
    const measured: Measured = {
      rate: (this.task.messages - 1) / seconds,
      firstMs: this.#first - this.task.startedAt,
      memory: this.#memory,
    };
    console.log(JSON.stringify(measured));
  }
}

/** The task that this process was given. */
export const taskOfThisProcess = (): Task => JSON.parse(Deno.args[0] ?? "");

/** Runs a consumer as a process of its own. Rejects where it fails. */
export async function measure(script: string, task: Omit<Task, "startedAt">): Promise<Measured> {
  return JSON.parse(await runScript(script, { ...task, startedAt: Date.now() }));
}

/**
 * Runs a script of this folder with one argument, and resolves to the last line that it printed. It gets the flags of
 * `deno task run`: among them the one that keeps the young heap small.
 */
export async function runScript(script: string, argument: unknown): Promise<string> {
  const path = new URL(script, import.meta.url).pathname;
  // through sh, which is all that this program may run
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'exec "$@"', "sh", Deno.execPath(), "run", ...FLAGS, path, JSON.stringify(argument)],
    env: { LOG_LEVEL: "WARNING", KAFKAJS_NO_PARTITIONER_WARNING: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${text(stderr)}`);
  return text(stdout).split("\n").at(-1)!;
}

const FLAGS: readonly string[] = (() => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("../deno.json", import.meta.url)));
  return tasks.run.command.split(/\s+/).filter((word: string) => word.startsWith("-") && word !== "--check");
})();
