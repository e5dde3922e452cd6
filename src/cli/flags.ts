import { flagText } from "./text/flags.ts";

/** Which Kafka a command talks to, and how it prints. */
export interface KafkaFlags {
  readonly context?: string;
  readonly bootstrap?: string;
  /** Seconds. */
  readonly timeout: number;
  readonly json: boolean;
}

/** Flags of every command that talks to a Kafka, for stricli. */
export const kafkaFlags = {
  context: {
    kind: "parsed",
    parse: String,
    optional: true,
    brief: flagText.context,
    placeholder: "FILE",
  },
  bootstrap: {
    kind: "parsed",
    parse: String,
    optional: true,
    brief: flagText.bootstrap,
    placeholder: "HOST:PORT",
  },
  timeout: {
    kind: "parsed",
    parse: parseSeconds,
    default: "10",
    brief: flagText.timeout,
    placeholder: "SECONDS",
  },
  json: { kind: "boolean", default: false, withNegated: false, brief: flagText.json },
} as const;

/** Seconds from 1 to 3600. */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds < 1 || seconds > 3600) throw new RangeError(flagText.seconds);
  return seconds;
}

/** A partition's number. */
export function parsePartition(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new RangeError(flagText.partitionNumber);
  return Number(text);
}

/** A whole number from 1 on. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RangeError(flagText.count);
  return Number(text);
}
