import assert from "node:assert/strict";
import { silentLogger } from "../../../src/core/logger.ts";
import type { OutgoingRecord, ProducerSession } from "../../../src/kafka/driver.ts";
import { KafkajsDriver } from "../../../src/kafka/kafkajs/driver.ts";
import { plainConnection } from "../../support/kafka_admin.ts";
import { waitFor } from "../../support/wait_for.ts";
import type { Bed } from "./bed.ts";
import type { FaultConsumer, FaultJob } from "./fault_job.ts";
import type { FaultRun } from "./fault_run.ts";
import { Feeder } from "./feeder.ts";
import { assertDelivered, assertNothingSkipped, type Sighting } from "./verify.ts";

/** How long a fault may hold up the messages: longer than a request's patience (30 s). */
export const FLOW_BOUND_MS = 90_000;

/** Slow enough that one job keeps up with it on a machine that brokers share. */
const FEED_EVERY_MS = 100;

/** Messages that flow from a producer through jobs of one group, while a test does harm. */
export class Flow {
  readonly jobs: FaultRun[] = [];
  readonly #feeder: Feeder;

  private constructor(
    readonly bed: Bed,
    readonly topic: string,
    readonly group: string,
    readonly partitions: number,
    producer: ProducerSession,
  ) {
    const append = async (to: string, records: readonly OutgoingRecord[]) =>
      void await producer.send(to, records, FLOW_BOUND_MS);
    this.#feeder = bed.use(Feeder.start({ append }, topic, partitions, FEED_EVERY_MS));
  }

  /** Begins to send. By our own producer: that of kafkajs never gives up a broker that is stopped. */
  static async start(bed: Bed, partitions = 3): Promise<Flow> {
    const [topic, group] = [await bed.topic(partitions), bed.group()];
    const connection = plainConnection(bed.broker, { "request.timeout.ms": 5_000 });
    const producer = await new KafkajsDriver().produce(connection, silentLogger);
    bed.use({ [Symbol.asyncDispose]: () => producer.close() });
    return new Flow(bed, topic, group, partitions, producer);
  }

  /** Starts one more job of the group. */
  job(over: Partial<FaultJob> & { readonly consumer?: Partial<FaultConsumer> } = {}): FaultRun {
    const { consumer, ...rest } = over;
    const consumers = [{ topics: [this.topic], group_id: this.group, deed: "work" as const, ...consumer }];
    const job = this.bed.run({ work_ms: 2, consumers, ...rest });
    this.jobs.push(job);
    return job;
  }

  get ended(): number {
    return this.jobs.reduce((sum, job) => sum + job.ended.length, 0);
  }

  /** Waits until so many more messages were processed. Fails at once where a job has ended. */
  async goesOn(count = 100, boundMs = FLOW_BOUND_MS): Promise<void> {
    const wanted = this.ended + count;
    const tail = () => this.jobs.map((job) => job.log.slice(-8).join("\n")).join("\n--\n");
    await waitFor(
      () => {
        const over = this.jobs.find((job) => !job.running);
        if (over !== undefined) throw new Error(`A job ended: ${over.log.slice(-10).join("\n")}`);
        return this.ended >= wanted;
      },
      () => `${count} more messages; the logs end with\n${tail()}`,
      boundMs,
    );
  }

  /**
   * Sends no more, waits until all is committed, stops the jobs, and asserts that nothing was lost or skipped and no more
   * than so many messages came again.
   *
   * @param earlier What jobs have processed that are not looked at any more.
   */
  async finish(duplicates: number, earlier: readonly Sighting[] = []): Promise<void> {
    const sent = await this.#feeder.stop();
    await this.bed.committedAll(this.group, this.topic, FLOW_BOUND_MS);
    for (const job of this.jobs) job.signal("SIGTERM");
    for (const job of this.jobs) assert.equal(await job.exitCode(), 0, job.log.join("\n"));
    assertDelivered(sent, [...earlier, ...this.jobs.flatMap((job) => job.ended)], duplicates);
    for (const job of this.jobs) {
      if (this.jobs.length === 1 && earlier.length === 0) assertNothingSkipped(job.begun);
      const bad = job.log.filter((line) => /\t(ERROR|CRITICAL)\t|^\s+at |Uncaught/.test(line));
      assert.deepEqual(bad, [], "no errors and no stacks: a fault that was mended is a warning");
    }
  }
}
