/**
 * kafkajs from the inside: the parts of version 2.2.4 below its consumer and producer, typed by hand. Its package has
 * types for its front only. The version is pinned and no longer developed, so that these shapes do not change; what
 * they were read from is named beside each.
 */
import {
  kafkajsApiKeys,
  kafkajsAssignerProtocol,
  KafkajsCluster,
  kafkajsCompression,
  kafkajsCrc32c,
  KafkajsDecoder,
  KafkajsEncoder,
  kafkajsLoggers,
  kafkajsMessageSet,
  kafkajsProtocolErrors,
  KafkajsRequestQueue,
  kafkajsRequests,
  kafkajsSocketFactory,
} from "../../deps/kafkajs.ts";
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Broker, TopicMetadata } from "./broker.ts";

/** All brokers that are known, and the metadata of the topics in use (src/cluster/index.js, brokerPool.js). */
export interface Cluster {
  /** Connects to one of the bootstrap servers; the next one at each retry. */
  connect(): Promise<void>;
  /** Waits for requests under way, then ends all connections. */
  disconnect(): Promise<void>;
  isConnected(): boolean;
  /** Adds topics to those whose metadata is kept, and reads it. Rejects where one is unknown or not allowed. */
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  /** Reads the metadata anew if it is older than `metadataMaxAge` or lacks a topic. */
  refreshMetadataIfNecessary(): Promise<void>;
  /** Forgets a broker, so that the next metadata brings it back with new connections. */
  removeBroker(address: { host: string; port: number }): void;
  /** Connects if need be. Rejects with KafkaJSBrokerNotFound, after reading new metadata, where the id is unknown. */
  findBroker(node: { nodeId: string | number }): Promise<Broker>;
  findControllerBroker(): Promise<Broker>;
  findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
  /** From the metadata at hand; empty for an unknown topic. */
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  /** Leaders' ids, and the partitions that each leads. Partitions that are not known are left out. */
  findLeaderForPartitions(topic: string, partitions: readonly number[]): Record<string, number[]>;
  getNodeIds(): string[];
  /** Offsets as decimal texts. Rejects at the first partition with an error. */
  fetchTopicsOffset(
    topics: readonly {
      topic: string;
      partitions: readonly { partition: number }[];
      fromBeginning?: boolean;
      fromTimestamp?: number;
    }[],
  ): Promise<{ topic: string; partitions: { partition: number; offset: string }[] }[]>;
  /** The brokers behind it; `seedBroker` is the bootstrap server that answered. */
  readonly brokerPool: {
    readonly seedBroker: Broker | undefined;
    readonly brokers: Readonly<Record<string, Broker>>;
    readonly metadata: { readonly topicMetadata: readonly TopicMetadata[] } | null;
  };
}

/** A partition in a metadata answer (src/protocol/requests/metadata/v5/response.js). */
export interface PartitionMetadata {
  readonly partitionErrorCode: number;
  readonly partitionId: number;
  /** Node id; -1 where there is no leader now. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
}

/** What the members of a group tell each other (src/consumer/assignerProtocol.js). */
export interface AssignerProtocol {
  readonly MemberMetadata: {
    encode(metadata: { version: number; topics: readonly string[]; userData?: Buffer }): Buffer;
    decode(buffer: Buffer): { version: number; topics: string[]; userData: Buffer };
  };
  readonly MemberAssignment: {
    encode(
      assignment: { version: number; assignment: Record<string, number[]>; userData?: Buffer },
    ): Buffer;
    /** Null for an empty assignment. */
    decode(
      buffer: Buffer,
    ): { version: number; assignment: Record<string, number[]>; userData: Buffer } | null;
  };
}

/** A log of kafkajs (src/loggers/index.js). */
export interface KafkajsLogger {
  namespace(name: string): KafkajsLogger;
  debug(message: string, extra?: object): void;
  info(message: string, extra?: object): void;
  warn(message: string, extra?: object): void;
  error(message: string, extra?: object): void;
}

/** One line of kafkajs' log. */
export interface KafkajsLogEntry {
  readonly namespace: string;
  readonly label: string;
  readonly log: Readonly<Record<string, unknown>> & { readonly message: string };
}

/** A request as kafkajs sends it: how to write it, how to read the answer, and how to find errors in it. */
export interface ProtocolRequest {
  readonly request: unknown;
  readonly response: {
    decode(raw: unknown): Promise<unknown>;
    /** Throws at the first error code in the answer. */
    parse(decoded: unknown): Promise<unknown>;
  };
  readonly requestTimeout?: number | null;
}

/** How a compression type is read and written (src/protocol/message/compression). */
export interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

export const Cluster = KafkajsCluster as unknown as new (options: object) => Cluster;
export const assignerProtocol = kafkajsAssignerProtocol as unknown as AssignerProtocol;
export const apiKeys = kafkajsApiKeys as unknown as Readonly<Record<string, number>>;
/** Definitions of all requests, by kafkajs' names; `FindCoordinator` is `GroupCoordinator` there. */
export const requestDefinitions = (kafkajsRequests as unknown as {
  requests: Readonly<Record<string, unknown>>;
}).requests;
export const compressionTypes = (kafkajsCompression as unknown as {
  Types: Readonly<Record<"None" | "GZIP" | "Snappy" | "LZ4" | "ZSTD", number>>;
}).Types;
/** The codecs that kafkajs looks up for each batch; new ones are registered by adding to it. */
export const compressionCodecs = (kafkajsCompression as unknown as {
  Codecs: Record<number, () => Codec>;
}).Codecs;
export const createKafkajsLogger = (kafkajsLoggers as unknown as {
  createLogger(
    options: { level: number; logCreator: (level: number) => (entry: KafkajsLogEntry) => void },
  ): KafkajsLogger;
}).createLogger;
/** The error of a code in an answer: a KafkaJSProtocolError with `type` and `code`. */
export const errorFromCode = (kafkajsProtocolErrors as unknown as {
  createErrorFromCode(code: number): Error & { type: string; code: number; retriable: boolean };
}).createErrorFromCode;
/** Opens the sockets of kafkajs' connections (src/network/socketFactory.js). */
export const socketFactory = kafkajsSocketFactory as unknown as () => (options: object) => Socket;

/** Requests of one connection, waiting and under way (src/network/requestQueue/index.js). */
export interface RequestQueue {
  readonly pending: readonly unknown[];
  /** Unix time until which the broker asked to wait; -1 where it did not. */
  readonly throttledUntil: number;
  throttleCheckTimeoutId: ReturnType<typeof setTimeout> | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}
export const requestQueuePrototype =
  (KafkajsRequestQueue as unknown as { prototype: RequestQueue }).prototype;

/** The checksum of record batches, as an unsigned integer. */
export const crc32c = kafkajsCrc32c as unknown as (bytes: Buffer) => number;
/** kafkajs' writer of requests: bytes that are encoded already, as it wants to have them. */
export const encoded = (bytes: Buffer): unknown =>
  new (KafkajsEncoder as unknown as new (size: number) => { writeBuffer(bytes: Buffer): unknown })(
    bytes.length,
  )
    .writeBuffer(bytes);

/** A message of a format before 2 (src/protocol/message/v0/decoder.js, v1/decoder.js). */
export interface OldMessage {
  readonly offset: string;
  readonly timestamp?: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Reads messages of the formats before 2 (src/protocol/messageSet/decoder.js). */
export const decodeMessageSet = (bytes: Buffer): Promise<readonly OldMessage[]> =>
  (kafkajsMessageSet as unknown as (decoder: unknown, size: number) => Promise<readonly OldMessage[]>)(
    new (KafkajsDecoder as unknown as new (bytes: Buffer) => unknown)(bytes),
    bytes.length,
  );
