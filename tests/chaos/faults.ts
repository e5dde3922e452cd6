/** What may be done to a system under chaos, as data: a fault is a word and numbers, so that it fits on a line. */

/** Faults of one track happen one after another; those of different tracks may meet. */
export type Track = "consumers" | "brokers" | "network" | "database";

/** A kind of fault. */
export interface FaultKind {
  readonly track: Track;
  /** How often it is in the bag that kinds are drawn from. */
  readonly weight: number;
  /** Its numbers, each from the first to the second, both included. */
  readonly args: Readonly<Record<string, readonly [min: number, max: number]>>;
  /** How long it and the recovery from it may take, roughly, in milliseconds. */
  readonly lasts: (args: Readonly<Record<string, number>>) => number;
}

/** A fault of a schedule. */
export interface Fault {
  /** Milliseconds after the begin of the run. */
  readonly at: number;
  readonly kind: string;
  readonly args: Readonly<Record<string, number>>;
}

/** The session timeout of the consumers: who is silent so long is dropped by the group. */
export const SESSION_MS = 6_000;

/** A group that lost a member in a crash, or got one, is whole again. */
const REJOIN_MS = SESSION_MS + 4_000;
/** A broker that was killed answers again, and its copies are in sync. */
const BROKER_MS = 20_000;

/** Consumers are chosen by `who` modulo how many there are; brokers by their ids; `to` of a partition by modulo too. */
const who = [0, 59] as const;
const broker = [1, 3] as const;

export const FAULTS: Readonly<Record<string, FaultKind>> = {
  /** SIGKILL; another one starts in its place. */
  kill_consumer: {
    track: "consumers",
    weight: 4,
    args: { who, down_ms: [0, 3_000] },
    lasts: ({ down_ms = 0 }) => down_ms + REJOIN_MS,
  },
  /** SIGTERM, its exit code is looked at, another one starts in its place. */
  stop_consumer: {
    track: "consumers",
    weight: 2,
    args: { who, down_ms: [0, 2_000] },
    lasts: ({ down_ms = 0 }) => down_ms + 5_000,
  },
  /** SIGSTOP until after the group has dropped it, then SIGCONT: a zombie. */
  freeze_consumer: {
    track: "consumers",
    weight: 2,
    args: { who, for_ms: [SESSION_MS + 2_000, SESSION_MS + 8_000] },
    lasts: ({ for_ms = 0 }) => for_ms + REJOIN_MS,
  },
  /** SIGSTOP for so short that the group does not notice. */
  hold_consumer: {
    track: "consumers",
    weight: 1,
    args: { who, for_ms: [200, 3_000] },
    lasts: ({ for_ms = 0 }) => for_ms,
  },
  /** One more consumer, up to five. */
  join: { track: "consumers", weight: 1, args: {}, lasts: () => 5_000 },
  /** One consumer less (SIGTERM), down to one. */
  leave: { track: "consumers", weight: 1, args: { who }, lasts: () => 5_000 },
  /** Messages that are no orders, one after another. */
  poison: { track: "consumers", weight: 1, args: { count: [2, 20] }, lasts: () => 1_000 },

  kill_broker: {
    track: "brokers",
    weight: 2,
    args: { broker, down_ms: [0, 8_000] },
    lasts: ({ down_ms = 0 }) => down_ms + BROKER_MS,
  },
  /** In order, by SIGTERM. */
  stop_broker: {
    track: "brokers",
    weight: 1,
    args: { broker, down_ms: [0, 5_000] },
    lasts: ({ down_ms = 0 }) => down_ms + BROKER_MS,
  },
  /** Held still: connections stay open, nothing answers. */
  pause_broker: {
    track: "brokers",
    weight: 2,
    args: { broker, for_ms: [2_000, 15_000] },
    lasts: ({ for_ms = 0 }) => for_ms + BROKER_MS,
  },
  /** Every broker restarted in turn, in order, or else by SIGKILL. */
  rolling: { track: "brokers", weight: 1, args: { by_kill: [0, 1] }, lasts: () => 3 * BROKER_MS },
  /** All killed at the same time. */
  all_brokers: {
    track: "brokers",
    weight: 1,
    args: { down_ms: [0, 5_000] },
    lasts: ({ down_ms = 0 }) => down_ms + 2 * BROKER_MS,
  },
  /** SIGKILL for who coordinates the group. */
  kill_coordinator: {
    track: "brokers",
    weight: 1,
    args: { down_ms: [0, 8_000] },
    lasts: ({ down_ms = 0 }) => down_ms + BROKER_MS,
  },
  /** SIGKILL for the active controller. */
  kill_controller: {
    track: "brokers",
    weight: 1,
    args: { down_ms: [0, 5_000] },
    lasts: ({ down_ms = 0 }) => down_ms + BROKER_MS,
  },
  move_leader: {
    track: "brokers",
    weight: 1,
    args: { partition: who, to: broker },
    lasts: () => 3_000,
  },
  move_coordinator: { track: "brokers", weight: 1, args: { to: broker }, lasts: () => 5_000 },
  /** Partitions that appear while all runs; also of the dead letters, or not. */
  add_partitions: {
    track: "brokers",
    weight: 1,
    args: { count: [1, 2], letters: [0, 1] },
    lasts: () => REJOIN_MS,
  },

  /** The consumers' connections to a broker end; 0 is all brokers. */
  cut: { track: "network", weight: 2, args: { broker: [0, 3] }, lasts: () => 5_000 },
  /** They stay, and nothing comes through them ever again; new ones work. */
  half_open: { track: "network", weight: 1, args: { broker: [0, 3] }, lasts: () => 40_000 },
  /** Nothing comes through for a while, then all of it does. */
  black_hole: {
    track: "network",
    weight: 1,
    args: { broker: [0, 3], for_ms: [1_000, 12_000] },
    lasts: ({ for_ms = 0 }) => for_ms + REJOIN_MS,
  },
  latency: {
    track: "network",
    weight: 1,
    args: { broker: [0, 3], delay_ms: [50, 1_500], for_ms: [2_000, 12_000] },
    lasts: ({ for_ms = 0 }) => for_ms + REJOIN_MS,
  },
  slow: {
    track: "network",
    weight: 1,
    args: { broker: [0, 3], bytes_per_second: [5_000, 50_000], for_ms: [2_000, 12_000] },
    lasts: ({ for_ms = 0 }) => for_ms + REJOIN_MS,
  },

  /** PostgreSQL ends in order, its sessions are cut off, and starts again. */
  restart_database: {
    track: "database",
    weight: 1,
    args: { down_ms: [0, 5_000] },
    lasts: ({ down_ms = 0 }) => down_ms + 5_000,
  },
  /** It ends as in a crash. */
  crash_database: {
    track: "database",
    weight: 1,
    args: { down_ms: [0, 5_000] },
    lasts: ({ down_ms = 0 }) => down_ms + 5_000,
  },
  /** Its sessions are ended, and it stays. */
  end_sessions: { track: "database", weight: 1, args: {}, lasts: () => 3_000 },
  lock_table: {
    track: "database",
    weight: 1,
    args: { for_ms: [500, 10_000] },
    lasts: ({ for_ms = 0 }) => for_ms + 2_000,
  },
};

/** Tracks in the order in which a schedule is made. */
export const TRACKS: readonly Track[] = ["consumers", "brokers", "network", "database"];

/** What a fault is; throws a `RangeError` for a word that is none. */
export function kindOf({ kind }: Pick<Fault, "kind">): FaultKind {
  const found = Object.hasOwn(FAULTS, kind) ? FAULTS[kind] : undefined;
  if (found !== undefined) return found;
  throw new RangeError(`There is no fault "${kind}": known are ${Object.keys(FAULTS).join(", ")}`);
}
