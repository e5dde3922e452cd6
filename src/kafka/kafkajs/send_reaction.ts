import { isRetriable } from "./errors.ts";
import { UNKNOWN_TOPIC, UNKNOWN_TOPIC_MS } from "./unknown_topic.ts";

/**
 * What to do with a batch that was not acknowledged.
 *
 * - `written`: it was, at an earlier attempt.
 * - `repeat`: send the same bytes again; the broker recognises them.
 * - `renumber`: the broker has lost its memory of this producer, and has not written it: send it under a new id.
 * - `split`: a record in it is at fault; halve it until that one stands alone, and is refused alone.
 * - `fail`: no attempt will help.
 */
export type SendReaction = "written" | "repeat" | "renumber" | "split" | "fail";

const REACTIONS: Readonly<Record<string, SendReaction>> = {
  DUPLICATE_SEQUENCE_NUMBER: "written",
  OUT_OF_ORDER_SEQUENCE_NUMBER: "renumber",
  UNKNOWN_PRODUCER_ID: "renumber",
  INVALID_PRODUCER_EPOCH: "renumber",
  INVALID_PRODUCER_ID_MAPPING: "renumber",
  MESSAGE_TOO_LARGE: "split",
  RECORD_LIST_TOO_LARGE: "split",
  INVALID_RECORD: "split",
  INVALID_TIMESTAMP: "split",
};

/**
 * @param type Kafka's name of the error; undefined where there was no answer.
 * @param failure The error as one of ours.
 * @param unknownMs Since the first of the answers in a row, this one included, by which the topic is unknown.
 */
export function reactionTo(type: string | undefined, failure: Error, unknownMs: number): SendReaction {
  const known = type === undefined ? undefined : REACTIONS[type];
  if (known !== undefined) return known;
  if (type === UNKNOWN_TOPIC) return unknownMs < UNKNOWN_TOPIC_MS ? "repeat" : "fail";
  return isRetriable(failure) ? "repeat" : "fail";
}
