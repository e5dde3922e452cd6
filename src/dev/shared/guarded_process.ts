import type { Child } from "../../runtime/subprocess.ts";
import { guarded } from "./guardian.ts";
import type { Tools } from "./tools.ts";

/** How long a server may take to end in order before it is ended by force, in milliseconds. */
export const STOP_TIMEOUT_MS = 20_000;

/** What to run. */
export interface Guarded {
  readonly folder: string;
  readonly outputFile: string;
  readonly command: readonly string[];
}

/** One life of a server's process, which a guardian ends with this one. */
export class GuardedProcess {
  /** Resolves with the reason when the process has ended. */
  readonly ended: Promise<string>;
  #running = true;

  private constructor(
    readonly tools: Tools,
    readonly guardian: Child,
    readonly pid: number,
    readonly force: "KILL" | "QUIT",
  ) {
    this.ended = guardian.readLine().then((line) => {
      this.#running = false;
      return `it ended with code ${line?.split(" ")[1]}`;
    });
  }

  /** Starts a command. `force` is the signal that ends it when it does not end in order. */
  static async start(
    tools: Tools,
    { folder, outputFile, command }: Guarded,
    force: "KILL" | "QUIT",
  ): Promise<GuardedProcess> {
    const guardian = tools.subprocesses.start(guarded(folder, outputFile, command, force));
    return new GuardedProcess(tools, guardian, Number(await guardian.readLine()), force);
  }

  get running(): boolean {
    return this.#running;
  }

  /** Ends the process by a signal, or by force where that takes too long. */
  async end(signal: "TERM" | "INT" | "QUIT" | "KILL"): Promise<void> {
    if (!this.#running) return;
    const { subprocesses, clock } = this.tools;
    await subprocesses.signal(this.pid, signal);
    await subprocesses.signal(this.pid, "CONT"); // what is paused hears no signal
    using _timer = clock.timer(STOP_TIMEOUT_MS, () => void subprocesses.signal(this.pid, this.force));
    await this.ended;
  }

  /** Ends the guardian, and with it the process if it still runs. */
  async letGo(folder: "keep" | "remove"): Promise<void> {
    if (folder === "keep") {
      await this.end(this.force);
      await this.guardian.writeLine("keep");
    }
    await this.guardian.closeInput();
    await this.ended;
    await this.guardian.ended();
  }
}
