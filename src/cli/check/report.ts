/** What was found out about one thing. */
export interface Finding {
  readonly check: CheckName;
  /** `note`: nothing is wrong, but somebody should know; `skipped`: it was not looked at. */
  readonly status: "ok" | "wrong" | "unreachable" | "note" | "skipped";
  /** What was found, and what to do where something is to do. */
  readonly message: string;
}

/** What `datapy check` looks at, in its order. */
export type CheckName =
  | "types"
  | "job"
  | "context"
  | "parameters"
  | "connection"
  | "topics"
  | "group"
  | "database";

/** One thing that a job will do, as far as its main tells before anything is done. */
export type PlannedCall =
  /** `params` are what the job gives, filled in; secrets as they are. */
  | { readonly kind: "connector"; readonly params: Readonly<Record<string, unknown>> }
  | { readonly kind: "consumer"; readonly topics: readonly string[]; readonly group: string }
  | { readonly kind: "producer"; readonly topic: string }
  | { readonly kind: "database"; readonly settings: DatabaseSettings }
  | { readonly kind: "other" };

/** Where a database is and how it is talked to, by the parameters of the mods that work on one; secrets as they are. */
export interface DatabaseSettings {
  readonly url: string;
  readonly [setting: string]: unknown;
}

/** How a job's main ended while it was planned. */
export type PlanEnd =
  /** It waits in its consumer, or has ended by itself. */
  | "complete"
  /** It cannot be loaded, or has no main. */
  | "not a job"
  /** A mod's parameters are wrong. */
  | "refused"
  /** It did something that cannot be done while planning, or needs the result of a mod that was not run. */
  | "unknown"
  /** It did not end. */
  | "late";

/** A `${...}` in the job's source. */
export interface FoundReference {
  readonly text: string;
  /** Why it cannot be filled in; null where it can. */
  readonly problem: string | null;
}

/** What planning a job has found out. */
export interface Plan {
  readonly calls: readonly { readonly mod: string; readonly call: PlannedCall }[];
  readonly references: readonly FoundReference[];
  /** Topics that the source names as `topic: "..."`, filled in. */
  readonly topics: readonly string[];
  /** Databases that the source names as `url: "..."`, with what stands beside it, filled in. */
  readonly databases: readonly DatabaseSettings[];
  readonly end: PlanEnd;
  /** Why it ended so; empty where it is complete. */
  readonly message: string;
}
