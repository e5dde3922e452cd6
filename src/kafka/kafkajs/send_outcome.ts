import { PermanentError } from "../../core/errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import { factsOf } from "./error_facts.ts";
import { translateError } from "./errors.ts";
import { errorFromCode } from "./internals.ts";
import type { ProducerNumbering } from "./numbering.ts";
import type { Batch } from "./partition_queue.ts";
import type { ProduceResult } from "./produce_request.ts";
import { reactionTo } from "./send_reaction.ts";
import { UNKNOWN_TOPIC } from "./unknown_topic.ts";

/** How long to wait before a batch is sent again, in milliseconds. */
const RETRY_MS = 100;
/** The offset of a batch that a broker recognises as written before. */
const UNTOLD = -1n;

/** Draws the consequences of what became of a batch: for its queue, for who waits, and for the numbering. */
export class SendOutcome {
  constructor(private readonly numbering: ProducerNumbering, private readonly clock: Clock) {}

  /** What the broker said to a batch. Returns how long to wait. */
  answered(batch: Batch, { errorCode, baseOffset }: Pick<ProduceResult, "errorCode" | "baseOffset">): number {
    const { queue, entries } = batch;
    const { topic, partition } = queue;
    if (errorCode !== 0) return this.failed(batch, errorFromCode(errorCode));
    queue.done(batch);
    entries.forEach(({ delivery, index }, i) => {
      const offset = baseOffset < 0n ? baseOffset : baseOffset + BigInt(i);
      delivery.written(index, { topic, partition, offset });
    });
    return 0;
  }

  /** There was no answer, or the answer is an error. Returns how long to wait. */
  failed(batch: Batch, error: unknown): number {
    const { queue, entries } = batch;
    const failure = translateError(error, `send to topic "${queue.topic}"`);
    const { type } = factsOf(error);
    const now = this.clock.now();
    batch.unknownSince = type === UNKNOWN_TOPIC ? batch.unknownSince ?? now : undefined;
    const reaction = reactionTo(type, failure, now - (batch.unknownSince ?? now));
    for (const { delivery } of entries) delivery.delayed(failure);
    switch (reaction) {
      case "written":
        return this.answered(batch, { errorCode: 0, baseOffset: UNTOLD });
      case "renumber":
        this.numbering.renew();
        batch.encoded = undefined;
        return RETRY_MS;
      case "repeat":
        batch.uncertain = batch.encoded !== undefined; // it may have been written all the same
        return RETRY_MS;
      case "split":
        if (entries.length > 1) {
          if (batch.uncertain) this.numbering.renew();
          queue.split(batch);
          return 0;
        }
        this.drop(batch);
        entries[0]!.delivery.fail(refusal(failure, entries[0]!.index, entries[0]!.bytes));
        return 0;
      case "fail":
        this.drop(batch);
        for (const { delivery } of entries) delivery.fail(failure);
        return 0;
    }
  }

  /** Gives a batch up. */
  drop(batch: Batch): void {
    if (batch.uncertain) this.numbering.renew();
    batch.queue.drop();
  }
}

function refusal(failure: Error, index: number, bytes: number): Error {
  return new PermanentError(`${failure.message}: record ${index} of the send, ${bytes} bytes`, {
    cause: failure.cause,
  });
}
