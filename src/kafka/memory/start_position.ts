import { ConfigurationError } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import type { ConsumerOptions, TopicPartition } from "../driver.ts";

/** What is known when a partition begins, or begins again. */
export interface StartFacts extends TopicPartition {
  readonly groupId: string;
  /** The offset to go on at: what was committed, or the position of a reader that the log has left behind. */
  readonly wanted: bigint | null;
  readonly beginning: bigint;
  readonly end: bigint;
  readonly autoOffsetReset: ConsumerOptions["autoOffsetReset"];
  /** The partition was added while the session was running. */
  readonly appeared: boolean;
}

/** Where to begin. */
export interface Start {
  readonly position: bigint;
  /** The position was chosen here, not committed before: it must be committed before anything is handed out. */
  readonly chosen: boolean;
  /** Offsets that should have been read next and are passed over; undefined where there are none. */
  readonly skipped: { readonly from: bigint; readonly to: bigint } | undefined;
}

/** Where a partition begins. Throws a `ConfigurationError` where `auto_offset_reset` is `none` and it is needed. */
export function startPosition(facts: StartFacts): Start {
  const { wanted, beginning, end } = facts;
  if (wanted !== null && wanted >= beginning && wanted <= end) {
    return { position: wanted, chosen: false, skipped: undefined };
  }
  const position = reset(facts);
  const skipped = wanted !== null && position > wanted ? { from: wanted, to: position } : undefined;
  return { position, chosen: true, skipped };
}

/** Says which records were passed over. */
export function tellSkipped(
  log: Logger,
  { topic, partition, beginning, autoOffsetReset }: StartFacts,
  { position, skipped }: Start,
): void {
  if (skipped === undefined) return;
  const { from, to } = skipped;
  log.warning(
    `Records of ${topic}[${partition}] are lost: offsets ${from} to ${to - 1n} were not read, ` +
      `the log now begins at ${beginning}; going on at ${position} (auto_offset_reset: ${autoOffsetReset})`,
    { topic, partition, from, to },
  );
}

function reset(facts: StartFacts): bigint {
  const { topic, partition, groupId, wanted, beginning, end } = facts;
  if (facts.appeared && wanted === null) return beginning; // latest would lose its first records
  if (facts.autoOffsetReset === "earliest") return beginning;
  if (facts.autoOffsetReset === "latest") return end;
  const problem = wanted === null
    ? `group ${groupId} has committed no offset`
    : `offset ${wanted} is next for group ${groupId}, and the log holds ${beginning} to ${end}`;
  throw new ConfigurationError(
    `Cannot start ${topic}[${partition}]: ${problem}, and auto_offset_reset is none. ` +
      `Commit an offset for the group, or set auto_offset_reset to earliest or latest`,
  );
}
