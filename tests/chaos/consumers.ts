import { JobProcess } from "../integration/support/job_process.ts";
import type { Exit } from "./history.ts";
import type { ChaosJob } from "./job.ts";

const SCRIPT = new URL("job.ts", import.meta.url).pathname;
/** A job that drains has 30 s, and some for starting and closing. */
const STOP_BOUND_MS = 60_000;
/** Consumers that there may be. */
const MOST = 5;

/** A consumer process. */
export class Consumer {
  readonly startedAt = performance.now();
  frozen = false;
  told: Exit["told"] = "nothing";

  constructor(readonly name: string, readonly process: JobProcess) {}

  get isLive(): boolean {
    return this.process.running && this.told === "nothing";
  }

  /** How many times the group has given it partitions, or none. */
  get assignments(): number {
    return this.process.log.filter((line) => /\tAssigned /.test(line)).length;
  }
}

/** The consumers of a run, each a process of its own: all that there were, and how they ended. */
export class Consumers implements AsyncDisposable {
  readonly all: Consumer[] = [];
  readonly exits: Exit[] = [];
  /** How often a consumer was killed, in order of the report. */
  kills = 0;
  readonly #job: ChaosJob;
  readonly #folder: string;
  readonly #spared: number;
  readonly #isFaulty: () => boolean;

  /**
   * @param spared How many, the first ones, are never killed or stopped.
   * @param isFaulty Whether brokers, network or database are broken now.
   */
  constructor(job: ChaosJob, folder: string, spared: number, isFaulty: () => boolean) {
    this.#job = job;
    this.#folder = folder;
    this.#spared = spared;
    this.#isFaulty = isFaulty;
  }

  get live(): readonly Consumer[] {
    return this.all.filter(({ isLive }) => isLive);
  }

  /** Assignments of all, so far. */
  get assignments(): number {
    return this.all.reduce((sum, { assignments }) => sum + assignments, 0);
  }

  start(): void {
    const name = `consumer-${this.all.length + 1}`;
    const env = { CHAOS_JOB: JSON.stringify(this.#job) };
    const consumer = new Consumer(name, new JobProcess({ script: SCRIPT, folder: this.#folder, env }));
    this.all.push(consumer);
    void consumer.process.exited.then((code) => {
      if (consumer.told === "nothing") this.#ended(consumer, code, false);
    });
  }

  join(): void {
    if (this.live.length < MOST) this.start();
  }

  async leave(who: number): Promise<void> {
    if (this.live.length > 1) await this.#stop(this.#victim(who));
  }

  async kill(who: number): Promise<void> {
    const consumer = this.#victim(who);
    if (consumer === undefined) return;
    this.kills++;
    consumer.told = "kill";
    consumer.process.signal("SIGKILL");
    this.#ended(consumer, await consumer.process.exitCode(), false);
  }

  async stop(who: number): Promise<void> {
    await this.#stop(this.#victim(who));
  }

  async freeze(who: number, forMs: number): Promise<void> {
    const { live } = this;
    const consumer = live[who % live.length];
    if (consumer === undefined) return;
    consumer.process.signal("SIGSTOP");
    consumer.frozen = true;
    await new Promise((resolve) => setTimeout(resolve, forMs));
    consumer.process.signal("SIGCONT");
    consumer.frozen = false;
  }

  /** Ends all in order. */
  async stopAll(): Promise<void> {
    await Promise.all(this.live.map((consumer) => this.#stop(consumer)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map(({ process }) => process[Symbol.asyncDispose]()));
  }

  #victim(who: number): Consumer | undefined {
    const { live } = this;
    const victims = live.filter((consumer) => this.all.indexOf(consumer) >= this.#spared);
    return victims[who % victims.length];
  }

  async #stop(consumer: Consumer | undefined): Promise<void> {
    if (consumer === undefined) return;
    const { process } = consumer;
    let faulty = this.#isFaulty();
    const looking = setInterval(() => faulty ||= this.#isFaulty(), 200);
    try {
      await process.logged(/\t/); // before it has said anything it may not listen to signals yet
      consumer.told = "stop";
      process.signal("SIGTERM");
      this.#ended(consumer, await process.exitCode(STOP_BOUND_MS), faulty);
    } finally {
      clearInterval(looking);
    }
  }

  #ended({ name, told, process }: Consumer, code: number, faulty: boolean): void {
    this.exits.push({ name, told, code, last: process.log.at(-1) ?? "", faulty });
  }
}
