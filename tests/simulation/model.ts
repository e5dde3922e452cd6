import type { Settings } from "./history.ts";

/** What one message has come to within one assignment, by what was seen from outside. */
export interface MessageModel {
  readonly epoch: EpochModel;
  readonly offset: number;
  /** Attempts that failed by its own fault. */
  records: number;
  /** Attempts in a row that met an outage. */
  outages: number;
  outageSince: number;
  /** When its next attempt is to begin. */
  dueAt: number | undefined;
  state: "open" | "running" | "dying" | "writing" | "done" | "skipped" | "left" | "fatal";
  /** It has failed for good, and its dead letter is to be written. */
  isDead: boolean;
  /** The step in which its last attempt ended. */
  endStep: number;
  /** It was skipped, and no line in the log has said so yet. */
  untold: boolean;
  /** A stop or a loss came in the step in which it was skipped: either order is right. */
  uncertain: boolean;
}

/** One attempt at a message. */
export interface AttemptModel {
  readonly message: MessageModel;
  readonly startedAt: number;
  readonly signal: AbortSignal;
}

/** One assignment of a partition. */
export interface EpochModel {
  readonly id: number;
  readonly consumer: ConsumerModel;
  readonly key: string;
  /** Where reading has come to. */
  read: number;
  readonly delivered: number[];
  /** Those of `delivered` before this index are finished. */
  head: number;
  readonly messages: Map<number, MessageModel>;
  /** The highest offset that was finished. */
  doneMax: number;
  /** The highest offset whose commit was sent, or answered with success. */
  sent: number;
  answered: number;
  /** `passed`: the log has lost its position; what was read is worked off, and nothing of it is committed. */
  state: "live" | "revoked" | "passed" | "lost";
  /** When a rebalance began to take it away. */
  revokedAt: number | undefined;
  /** No attempt at its messages may begin any more. */
  left: boolean;
  /** What was finished when the session closed; undefined where it was lost before. */
  doneAtClose: number | undefined;
  /** A commit of it was refused. */
  refused: boolean;
}

/** Why a consumer may end with an error. */
export interface Cause {
  readonly what: string;
  explains(error: unknown): boolean;
}

/** One consumer: a process of its own. */
export interface ConsumerModel {
  readonly id: number;
  readonly settings: Settings;
  /** All assignments of a partition since it was last given up, the newest last: all but the last one are `passed`. */
  readonly held: Map<string, EpochModel[]>;
  readonly epochs: Map<number, EpochModel>;
  readonly running: Set<AttemptModel>;
  readonly waiting: Set<MessageModel>;
  /** Messages whose dead letter is on its way. */
  readonly writing: Set<MessageModel>;
  readonly causes: Cause[];
  /** Its session is there: it can commit. */
  opened: boolean;
  /** The step in which an attempt ended so that the consumer must end. */
  fatalStep: number | undefined;
  fatalBy: MessageModel | undefined;
  stoppedAt: number | undefined;
  /** When it must have ended. */
  deadline: number | undefined;
  /** Something was still running when the drain timeout passed. */
  expired: boolean;
  /** A message ended at the drain timeout or later: it may be too late for the last commit. */
  late: boolean;
  killed: boolean;
  frozen: boolean;
  thawedAt: number;
  commitsInFlight: number;
  /** When the commits began that fail since then; `surely` without a loss in between, that would begin them anew. */
  commitsFailSince: number | undefined;
  commitsSurelyFailSince: number | undefined;
  lastCommit: "none" | "ok" | "refused" | "failed";
  settledAt: number | undefined;
  /** When the log has warned of each step that is stuck, by its name, last. */
  readonly warnedAt: Map<string, number>;
  /** When it has said that the consumer is made anew, and for which step; and when it was. */
  toldAnew: { readonly at: number; readonly step: string } | undefined;
  madeAnewAt: number | undefined;
}

/** The first offset of an assignment that is not finished; else where reading has come to. */
export function lowMark(epoch: EpochModel): number {
  while (epoch.head < epoch.delivered.length && isFinished(epoch, epoch.delivered[epoch.head] as number)) {
    epoch.head++;
  }
  return epoch.delivered[epoch.head] ?? epoch.read;
}

/** Whether a message may be committed. */
export function isFinished(epoch: EpochModel, offset: number): boolean {
  const state = epoch.messages.get(offset)?.state;
  return state === "done" || state === "skipped";
}

export function newConsumer(id: number, settings: Settings): ConsumerModel {
  return {
    id,
    settings,
    held: new Map(),
    epochs: new Map(),
    running: new Set(),
    waiting: new Set(),
    writing: new Set(),
    causes: [],
    opened: false,
    fatalStep: undefined,
    fatalBy: undefined,
    stoppedAt: undefined,
    deadline: undefined,
    expired: false,
    late: false,
    killed: false,
    frozen: false,
    thawedAt: -1,
    commitsInFlight: 0,
    commitsFailSince: undefined,
    commitsSurelyFailSince: undefined,
    lastCommit: "none",
    settledAt: undefined,
    warnedAt: new Map(),
    toldAnew: undefined,
    madeAnewAt: undefined,
  };
}

export function newEpoch(
  id: number,
  consumer: ConsumerModel,
  key: string,
  position: number,
  committed: number | null,
): EpochModel {
  return {
    id,
    consumer,
    key,
    read: position,
    delivered: [],
    head: 0,
    messages: new Map(),
    doneMax: -1,
    sent: committed ?? -1,
    answered: committed ?? -1,
    state: "live",
    revokedAt: undefined,
    left: false,
    doneAtClose: undefined,
    refused: false,
  };
}

export function newMessage(epoch: EpochModel, offset: number): MessageModel {
  return {
    epoch,
    offset,
    records: 0,
    outages: 0,
    outageSince: 0,
    dueAt: undefined,
    state: "open",
    isDead: false,
    endStep: 0,
    untold: false,
    uncertain: false,
  };
}
