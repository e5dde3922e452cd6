/** What is known about one of Kafka's settings that `additional_config` takes. */
export type SettingDeclaration = NumberSetting | BooleanSetting | TextSetting;

interface Declared {
  /** Who reads it. */
  readonly of: "connection" | "consumer" | "producer";
  /** What it does, with its unit. */
  readonly meaning: string;
}

/** An integer. */
export interface NumberSetting extends Declared {
  readonly type: "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export interface BooleanSetting extends Declared {
  readonly type: "boolean";
  readonly default: boolean;
}

export interface TextSetting extends Declared {
  readonly type: "text";
  readonly default: string;
  /** The values that it takes; any where there are none. */
  readonly values?: readonly string[];
}

const MAX_INT = 2 ** 31 - 1;
const DAY_MS = 86_400_000;

const milliseconds = (fallback: number, min: number, max = DAY_MS) =>
  ({ type: "number", default: fallback, min, max }) as const;
const bytes = (fallback: number, min: number) =>
  ({ type: "number", default: fallback, min, max: MAX_INT }) as const;
const text = (fallback: string, ...values: readonly string[]) =>
  ({ type: "text", default: fallback, ...(values.length === 0 ? {} : { values }) }) as const;

/**
 * Kafka's settings that `additional_config` takes, by their names in Kafka's documentation. Defaults are those of
 * Kafka's Java client where nothing else is said.
 */
export const SETTINGS = {
  "client.id": {
    ...text("datapy"),
    of: "connection",
    meaning: "Name of this client in the broker's logs, metrics and quotas. Default datapy.",
  },
  "request.timeout.ms": {
    ...milliseconds(30_000, 100),
    of: "connection",
    meaning: "Time in milliseconds after which a request counts as lost.",
  },
  "socket.connection.setup.timeout.ms": {
    ...milliseconds(10_000, 100),
    of: "connection",
    meaning: "Time in milliseconds for opening a connection, TLS included.",
  },
  "metadata.max.age.ms": {
    ...milliseconds(300_000, 100),
    of: "connection",
    meaning:
      "Age in milliseconds at which topics, partitions and leaders are read anew: new partitions are " +
      "found within it.",
  },
  "ssl.endpoint.identification.algorithm": {
    ...text("https", "https", "none"),
    of: "connection",
    meaning:
      "Whether the broker's certificate must be for its host name: https (yes) or none. With none anybody " +
      "with a certificate of the same authority can pose as the broker.",
  },
  "client.rack": {
    ...text(""),
    of: "consumer",
    meaning: "Rack or zone of this client, so that it may read from a replica near by.",
  },
  "session.timeout.ms": {
    ...milliseconds(45_000, 1),
    of: "consumer",
    meaning:
      "Time in milliseconds without a heartbeat after which the group gives this consumer's partitions away.",
  },
  "heartbeat.interval.ms": {
    ...milliseconds(3_000, 1),
    of: "consumer",
    meaning: "Time in milliseconds between heartbeats; at most a third of session.timeout.ms is usual.",
  },
  "max.poll.interval.ms": {
    ...milliseconds(60_000, 1),
    of: "consumer",
    meaning:
      "Time in milliseconds that the group waits for this consumer in a rebalance. It does not limit how long a " +
      "message may take (see max_processing_s), so that its default is shorter than Java's 300000.",
  },
  "isolation.level": {
    ...text("read_committed", "read_committed", "read_uncommitted"),
    of: "consumer",
    meaning:
      "Whether records of aborted and open transactions are left out (read_committed, librdkafka's default) " +
      "or read too (read_uncommitted, Java's default).",
  },
  "fetch.min.bytes": {
    ...bytes(1, 1),
    of: "consumer",
    meaning: "Bytes that a broker gathers before it answers a fetch.",
  },
  "fetch.max.bytes": {
    ...bytes(10_485_760, 1024),
    of: "consumer",
    meaning:
      "Bytes that one answer to a fetch may have. Smaller than Java's 52428800, to fit small containers.",
  },
  "fetch.max.wait.ms": {
    ...milliseconds(200, 0),
    of: "consumer",
    meaning:
      "Time in milliseconds that a broker waits for fetch.min.bytes. Shorter than Java's 500: a stop waits for " +
      "the fetch that is under way.",
  },
  "max.partition.fetch.bytes": {
    ...bytes(1_048_576, 1024),
    of: "consumer",
    meaning: "Bytes of one partition in one answer to a fetch. A larger record is read all the same.",
  },
  "compression.type": {
    type: "text",
    default: "none",
    values: ["none", "gzip", "snappy", "lz4", "zstd"],
    of: "producer",
    meaning: "How records are compressed that are sent. All are read, whatever is set here.",
  },
  "enable.idempotence": {
    type: "boolean",
    default: true,
    of: "producer",
    meaning:
      "Whether the broker recognises a record that is sent again because its acknowledgement was lost.",
  },
  "max.request.size": {
    ...bytes(1_000_000, 1024),
    of: "producer",
    meaning:
      "Bytes, before compression, of the largest record and of the records of one partition that are sent " +
      "together. Topics take 1048588 by default (max.message.bytes).",
  },
  "acks": {
    ...text("all", "all", "-1"),
    of: "producer",
    meaning:
      "Only all: with less, a record could be lost after its send succeeded and its message was committed.",
  },
  "max.in.flight.requests.per.connection": {
    type: "number",
    default: 1,
    min: 1,
    max: 1_000_000,
    of: "producer",
    meaning:
      "An upper limit, which is always kept: a producer has one request a broker under way, and gathers what is " +
      "sent meanwhile.",
  },
} as const satisfies Readonly<Record<string, SettingDeclaration>>;

/** A name that {@link SETTINGS} knows. */
export type SettingName = keyof typeof SETTINGS;

/** Other spellings: librdkafka's, which the Python framework used. */
export const ALIASES: Readonly<Record<string, SettingName>> = {
  "socket.timeout.ms": "request.timeout.ms",
  "topic.metadata.refresh.interval.ms": "metadata.max.age.ms",
  "fetch.wait.max.ms": "fetch.max.wait.ms",
  "fetch.message.max.bytes": "max.partition.fetch.bytes",
  "compression.codec": "compression.type",
  "message.max.bytes": "max.request.size",
  "request.required.acks": "acks",
  "max.in.flight": "max.in.flight.requests.per.connection",
};
