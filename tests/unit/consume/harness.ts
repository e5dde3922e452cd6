import type { DeadLetters } from "../../../src/consume/dead_letters.ts";
import type { Message } from "../../../src/consume/message.ts";
import { PollLoop } from "../../../src/consume/poll_loop.ts";
import { Observers } from "../../../src/consume/observer.ts";
import type { MessageProcessor, ProcessorContext, ProcessorResult } from "../../../src/consume/processor.ts";
import type { ConsumeSettings } from "../../../src/consume/settings.ts";
import { KafkaConnection } from "../../../src/kafka/connection.ts";
import type {
  Assignment,
  ConsumerEvents,
  ConsumerSession,
  KafkaDriver,
  OffsetCommit,
  SessionStep,
} from "../../../src/kafka/driver.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { consumeSettings, TestControl } from "./test_settings.ts";

/** What a processor was called with, and how the test answers it. */
export interface Call {
  readonly offset: number;
  readonly partition: number;
  readonly message: Message;
  readonly context: ProcessorContext;
  succeed(): void;
  fail(error: unknown): void;
}

/** A poll loop on a scripted session: the test plays the brokers, the processor and the clock. */
export class Harness {
  readonly clock = new ManualClock();
  readonly control = new TestControl();
  readonly log = new RecordingLogger();
  readonly observers = new Observers();
  readonly calls: Call[] = [];
  readonly commits: OffsetCommit[][] = [];
  readonly flow: string[] = [];
  /** What the session waits for. */
  underWay: SessionStep[] = [];
  closed = 0;
  /** What the next commits answer; accepted where it is empty. */
  readonly commitAnswers: (() => Promise<void>)[] = [];
  #outcome: { stats?: unknown; error?: unknown } | undefined;
  #events: ConsumerEvents | undefined;
  #epoch = 0;
  #held = new Map<number, Assignment>();

  /**
   * @param opening The session opens when this resolves.
   * @param deadLetters Where failed messages go; undefined is nowhere.
   */
  constructor(
    settings: Partial<ConsumeSettings> = {},
    processor?: MessageProcessor,
    opening: Promise<void> = Promise.resolve(),
    deadLetters?: DeadLetters,
  ) {
    const loop = new PollLoop(
      consumeSettings(
        {
          connection: new KafkaConnection(
            {
              brokers: ["b:1"],
              securityProtocol: "PLAINTEXT",
              sasl: undefined,
              tls: undefined,
              clientId: "t",
              settings: {},
            },
            this.#driver(opening),
          ),
          processor: processor ?? ((message, context) => this.#call(message, context)),
        },
        this.log,
        settings,
      ),
      { control: this.control, clock: this.clock, log: this.log, deadLetters, observers: this.observers },
    );
    loop.run().then((stats) => this.#outcome = { stats }, (error) => this.#outcome = { error });
  }

  /** How the loop ended; undefined while it runs. */
  get outcome(): { stats?: unknown; error?: unknown } | undefined {
    return this.#outcome;
  }

  get events(): ConsumerEvents {
    if (this.#events === undefined) throw new Error("the loop has not opened its session");
    return this.#events;
  }

  /** Offsets that the group accepted for a partition, in their order. */
  committed(partition = 0): number[] {
    return this.commits.flat().filter((commit) => commit.partition === partition).map(({ offset }) =>
      Number(offset)
    );
  }

  /** Gives a partition to the consumer, with `count` records from `from` on. */
  async assign(count: number, partition = 0, from = 0): Promise<Assignment> {
    await settle();
    const position = BigInt(from);
    const assignment = { topic: "t", partition, epoch: ++this.#epoch, position, committed: position };
    this.#held.set(partition, assignment);
    this.events.assigned([assignment]);
    if (count > 0) await this.deliver(Array.from({ length: count }, (_, i) => from + i), partition);
    return assignment;
  }

  /** Records of a partition arrive. */
  async deliver(offsets: readonly number[], partition = 0, nextOffset?: number): Promise<void> {
    const assignment = this.#held.get(partition);
    if (assignment === undefined) throw new Error(`partition ${partition} is not held`);
    const bytes = (text: string) => new TextEncoder().encode(text);
    const last = offsets.at(-1);
    this.events.records({
      topic: "t",
      partition,
      epoch: assignment.epoch,
      records: offsets.map((offset) => ({
        offset: BigInt(offset),
        timestamp: 1,
        key: bytes("k"),
        value: bytes(`v${offset}`),
        headers: [],
      })),
      nextOffset: BigInt(nextOffset ?? (last ?? 0) + 1),
      endOffset: 1000n,
    });
    await settle();
  }

  /** The call that waits for an answer. */
  get call(): Call {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error("the processor was not called");
    return call;
  }

  #call(message: Message, context: ProcessorContext): Promise<ProcessorResult> {
    const { promise, resolve, reject } = Promise.withResolvers<ProcessorResult>();
    this.calls.push({
      offset: message.offset,
      partition: message.partition,
      message,
      context,
      succeed: () => resolve({ status: "success" }),
      fail: reject,
    });
    return promise;
  }

  #driver(opening: Promise<void>): KafkaDriver {
    const session: ConsumerSession = {
      commit: async (offsets) => {
        await this.commitAnswers.shift()?.();
        this.commits.push([...offsets]);
      },
      pause: ({ partition }) => void this.flow.push(`pause ${partition}`),
      resume: ({ partition }) => void this.flow.push(`resume ${partition}`),
      underWay: () => this.underWay,
      outage: undefined,
      close: () => Promise.resolve(void this.closed++),
    };
    const unused = () => Promise.reject(new Error("not part of this test"));
    return {
      listTopics: unused,
      describeTopics: unused,
      produce: unused,
      consume: async (_connection, _options, events) => {
        this.#events = events;
        await opening;
        return session;
      },
    };
  }
}
