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
  /** What it was told to do. */
  order: Exit["told"] = "nothing";

  constructor(readonly name: string, readonly process: JobProcess) {}

  get isLive(): boolean {
    return this.process.running && this.order === "nothing";
  }

  /** How many lines of its log match. */
  told(pattern: RegExp): number {
    return this.process.log.filter((line) => pattern.test(line)).length;
  }
}

/** The consumers of a run, each a process of its own: all that there were, and how they ended. */
export class Consumers implements AsyncDisposable {
  readonly all: Consumer[] = [];
  readonly exits: Exit[] = [];
  /** How many were killed. */
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

  /** How many times the group has given partitions, or none, to one of them. */
  get assignments(): number {
    return this.#sum(/\tAssigned /);
  }

  /** How many times a dead letter was not acknowledged. */
  get letterRetries(): number {
    return this.#sum(/its dead letter cannot be written/);
  }

  start(): void {
    const name = `consumer-${this.all.length + 1}`;
    const env = { CHAOS_JOB: JSON.stringify(this.#job) };
    const consumer = new Consumer(name, new JobProcess({ script: SCRIPT, folder: this.#folder, env }));
    this.all.push(consumer);
    void consumer.process.exited.then((code) => {
      if (consumer.order === "nothing") this.#ended(consumer, code, false);
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
    consumer.order = "kill";
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

  #sum(pattern: RegExp): number {
    return this.all.reduce((sum, consumer) => sum + consumer.told(pattern), 0);
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
      consumer.order = "stop";
      process.signal("SIGTERM");
      this.#ended(consumer, await process.exitCode(STOP_BOUND_MS), faulty);
    } finally {
      clearInterval(looking);
    }
  }

  #ended({ name, order, process }: Consumer, code: number, faulty: boolean): void {
    this.exits.push({ name, told: order, code, last: process.log.at(-1) ?? "", faulty });
  }
}
