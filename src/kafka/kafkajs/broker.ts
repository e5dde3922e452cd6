import type { Buffer } from "node:buffer";
import type { PartitionMetadata, ProtocolRequest } from "./internals.ts";
import type { RecordSet } from "./log_batch.ts";

/** Partitions of a topic, for requests. */
export interface TopicPartitions<P> {
  readonly topic: string;
  readonly partitions: readonly P[];
}

/** The metadata of one topic. */
export interface TopicMetadata {
  readonly topicErrorCode: number;
  readonly topic: string;
  readonly isInternal: boolean;
  readonly partitionMetadata: readonly PartitionMetadata[];
}

/** One partition of a fetch answer: see fetch_answer.ts. */
export interface FetchedPartition extends RecordSet {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: bigint;
  /** -1 where there is none. */
  readonly lastStableOffset: bigint;
  readonly abortedTransactions: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
}

/** The answer to a join (src/protocol/requests/joinGroup/v5/response.js). */
export interface JoinedGroup {
  readonly errorCode: number;
  readonly generationId: number;
  readonly groupProtocol: string;
  readonly leaderId: string;
  readonly memberId: string;
  /** Only the leader is told the members. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/**
 * One broker (src/broker/index.js). Requests reject with kafkajs' errors at the first error code in the answer: where
 * each partition's own code matters, use `rawRequest`.
 */
export interface Broker {
  readonly nodeId: number | null;
  readonly brokerAddress: string;
  readonly connectionPool: {
    readonly host: string;
    readonly port: number;
    send(request: ProtocolRequest): Promise<unknown>;
  };
  isConnected(): boolean;
  connect(): Promise<void>;
  /** Waits for requests under way, then ends both connections (fetches have their own). */
  disconnect(): Promise<void>;
  /** All topics where none is named. */
  metadata(topics?: readonly string[]): Promise<{
    readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
    readonly topicMetadata: readonly TopicMetadata[];
  }>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ readonly memberAssignment: Buffer }>;
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: readonly TopicPartitions<{ partition: number; offset: string; metadata?: string | null }>[];
  }): Promise<unknown>;
  /** An offset of `-1` is none. */
  offsetFetch(
    request: { groupId: string; topics: readonly TopicPartitions<{ partition: number }>[] },
  ): Promise<{
    readonly responses: readonly TopicPartitions<
      { readonly partition: number; readonly offset: string; readonly errorCode: number }
    >[];
  }>;
  /** A timestamp of -1 asks for the end, -2 for the beginning. */
  listOffsets(request: {
    isolationLevel?: number;
    topics: readonly TopicPartitions<{ partition: number; timestamp: number }>[];
  }): Promise<{
    readonly responses: readonly TopicPartitions<
      { readonly partition: number; readonly errorCode: number; readonly offset: string }
    >[];
  }>;
  initProducerId(request: { transactionalId?: string; transactionTimeout: number }): Promise<{
    readonly producerId: string;
    readonly producerEpoch: number;
  }>;
  /** Chooses the newest version of a request that both sides know. */
  lookupRequest(apiKey: number | undefined, definition: unknown): (parameters: object) => ProtocolRequest;
}
