import { JobProcess } from "./job_process.ts";
import type { FaultJob, Told } from "./fault_job.ts";

const SCRIPT = new URL("fault_job.ts", import.meta.url).pathname;

/** A fault job that runs, and what it told. */
export class FaultRun extends JobProcess {
  readonly #told: Told[] = [];

  constructor(job: FaultJob, folder: string, env: Readonly<Record<string, string>> = {}) {
    super({ script: SCRIPT, folder, env: { ...env, FAULT_JOB: JSON.stringify(job) } });
  }

  /** What it told, in its order. */
  get told(): readonly Told[] {
    for (const line of this.output.slice(this.#told.length)) this.#told.push(JSON.parse(line));
    return this.#told;
  }

  /** The messages that began, in their order. */
  get begun(): readonly Told[] {
    return this.told.filter(({ what }) => what === "begin");
  }

  /** The messages that ended, in their order. */
  get ended(): readonly Told[] {
    return this.told.filter(({ what }) => what === "end");
  }

  /** Waits until that many messages began. */
  async hasBegun(count: number, boundMs?: number): Promise<void> {
    await this.until(() => this.begun.length >= count, `${count} messages that begin`, boundMs);
  }

  /** Waits until that many messages ended. */
  async hasEnded(count: number, boundMs?: number): Promise<void> {
    await this.until(() => this.ended.length >= count, `${count} messages that end`, boundMs);
  }
}
