import { type Message, runMod, StreamController } from "../../../mod.ts";
import type { MessageProcessor } from "../../../src/consume/processor.ts";
import { within } from "../../support/wait_for.ts";
import type { Bed } from "./bed.ts";
import type { Sighting } from "./verify.ts";

/** Parameters of `kafka_consumer` that a test gives; the rest is its bed's. */
export type ConsumerParams = Omit<
  Parameters<typeof runMod<"kafka_consumer">>[1],
  "connection" | "message_processor"
>;

/** A consumer in this process, on a real broker. */
export class Consuming implements AsyncDisposable {
  readonly controller = new StreamController();
  /** Messages whose processing began, in their order. */
  readonly begun: Sighting[] = [];
  /** Messages whose processor returned or threw, in their order. */
  readonly ended: Sighting[] = [];
  /** How it ended. */
  readonly result: Promise<Awaited<ReturnType<typeof runMod<"kafka_consumer">>>>;

  private constructor(
    connection: Parameters<typeof runMod<"kafka_consumer">>[1]["connection"],
    params: ConsumerParams,
    processor: MessageProcessor,
  ) {
    this.result = runMod("kafka_consumer", {
      connection,
      controller: this.controller,
      ...params,
      message_processor: async (message, context) => {
        this.begun.push(sighting(message));
        try {
          return await processor(message, context);
        } finally {
          this.ended.push(sighting(message));
        }
      },
    });
    this.result.catch(() => {}); // a test looks at it when it is time
  }

  /** Starts one; it is stopped with the bed. */
  static async start(
    bed: Bed,
    params: ConsumerParams,
    processor: MessageProcessor = () => ({ status: "success" }),
    config: Readonly<Record<string, string | number | boolean>> = {},
  ): Promise<Consuming> {
    return bed.use(new Consuming(await bed.connect(config), params, processor));
  }

  /** Requests the stop, and waits for the end. */
  async stop(): Promise<Awaited<Consuming["result"]>> {
    this.controller.requestStop();
    return await within(this.result, "the consumer to stop");
  }

  /** The error that it ended with. */
  async failure(boundMs?: number): Promise<Error> {
    const failed = this.result.then(() => new Error("it did not fail"), (error) => error);
    return await within(failed, "the consumer to fail", boundMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.controller.requestStop();
    await within(this.result.catch(() => {}), "the consumer to stop");
    this.controller[Symbol.dispose]();
  }
}

function sighting({ topic, partition, offset, value }: Message): Sighting {
  return { topic, partition, offset, id: String(value) };
}
