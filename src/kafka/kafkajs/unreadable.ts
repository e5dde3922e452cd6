import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import type { TopicPartition } from "../driver.ts";
import { KNOWN_CODECS } from "./codecs.ts";
import type { UnreadableBatch } from "./log_batch.ts";

/**
 * The error of a batch that cannot be read: of kind configuration where this version lacks what it takes, else
 * unavailable, as what came may be better the next time, or from another replica. Nothing is skipped either way.
 *
 * @param from The offset that was asked for.
 */
export function unreadableError(
  { topic, partition }: TopicPartition,
  from: bigint,
  { firstOffset, end, why, isUnknown, cause }: UnreadableBatch,
): Error {
  const offsets = firstOffset === undefined || end === undefined
    ? ""
    : ` (offsets ${firstOffset} to ${end - 1n})`;
  const text = `Cannot read ${topic}[${partition}] at offset ${from}: the batch of records there${offsets} `;
  if (isUnknown) {
    return new ConfigurationError(
      `${text}is of a kind that this version does not read: its ${why} (codecs are ${
        KNOWN_CODECS.join(", ")
      })`,
      { cause },
    );
  }
  const beyond = end === undefined
    ? ""
    : `; to go on behind it without its records: kafka-consumer-groups.sh --reset-offsets --topic ${topic}:${partition} ` +
      `--to-offset ${end}`;
  return new UnavailableError(
    `${text}is damaged: its ${why} (kafka-dump-log.sh tells whether it lies so in the log${beyond})`,
    { cause },
  );
}
