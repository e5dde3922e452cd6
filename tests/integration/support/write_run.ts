import { type Bed, QUICK } from "./bed.ts";
import { JobProcess } from "./job_process.ts";
import type { WriteJob, WriteTold } from "./write_job.ts";

const SCRIPT = new URL("write_job.ts", import.meta.url).pathname;

/** A write job that runs, and what it told. */
export class WriteRun extends JobProcess {
  readonly #told: WriteTold[] = [];

  private constructor(job: WriteJob, folder: string, env: Readonly<Record<string, string>>) {
    super({ script: SCRIPT, folder, env: { ...env, WRITE_JOB: JSON.stringify(job) } });
  }

  /** Starts one; it is killed with the bed. */
  static start(
    bed: Bed,
    job: Omit<WriteJob, "broker" | "config"> & Partial<WriteJob>,
    env: Readonly<Record<string, string>> = {},
  ): WriteRun {
    const { config, ...rest } = job;
    return bed.use(
      new WriteRun({ broker: bed.broker, ...rest, config: { ...QUICK, ...config } }, bed.folder, env),
    );
  }

  /** What it told, in its order. */
  get told(): readonly WriteTold[] {
    for (const line of this.output.slice(this.#told.length)) this.#told.push(JSON.parse(line));
    return this.#told;
  }

  /** The attempts that began, in their order. */
  get begun(): readonly WriteTold[] {
    return this.told.filter(({ what }) => what === "begin");
  }

  /** The attempts that succeeded, in their order. */
  get ended(): readonly WriteTold[] {
    return this.told.filter(({ what }) => what === "end");
  }

  /** The attempts that failed, in their order. */
  get failed(): readonly WriteTold[] {
    return this.told.filter(({ what }) => what === "failed");
  }

  /** Waits until that many attempts succeeded. */
  async hasEnded(count: number, boundMs?: number): Promise<void> {
    await this.until(() => this.ended.length >= count, `${count} messages that are written`, boundMs);
  }

  /** Waits for an attempt that fails with such a text. */
  async hasFailed(pattern: RegExp, boundMs?: number): Promise<WriteTold> {
    const matching = () => this.failed.find(({ text = "" }) => pattern.test(text));
    return await this.until(matching, `an attempt that fails with ${pattern}`, boundMs);
  }

  /** Stops it as a pod is stopped; it must end with 0. */
  async stop(): Promise<void> {
    this.signal("SIGTERM");
    const code = await this.exitCode();
    if (code !== 0) throw new Error(`The job ended with ${code}; its log:\n${this.log.join("\n")}`);
  }
}
