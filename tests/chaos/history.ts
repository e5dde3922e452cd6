/** What happened in a run, gathered from outside the consumers: what the verifier judges. Nothing here knows their code. */

/** A place in the topic. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** A record of the topic, by a reader of its own. */
export interface TopicRecord extends Place {
  /** Order id; of a poison its whole value. */
  readonly id: string;
  readonly key: string;
  /** Whether it is none that the job can process: it belongs into the dead letters. */
  readonly poison: boolean;
}

/** A row that the job has inserted, once for each time that it processed a message. */
export interface AuditRow extends Place {
  /** Grows with each insert. */
  readonly n: number;
  readonly id: string;
}

/** A dead letter: the place that it names, and its value. */
export interface Letter extends Place {
  readonly id: string;
  readonly key: string;
  /** Where it lies in the topic of dead letters. */
  readonly at: Place;
}

/** What the group had committed at some time. */
export interface CommitSample extends Place {
  /** When it was asked for: milliseconds after the begin. */
  readonly atMs: number;
  /** The highest {@link AuditRow.n} that had been given out when the answer was there. */
  readonly rows: number;
  /** Ends of the partitions of the dead letters in that moment. */
  readonly letters: Readonly<Record<number, number>>;
}

/** How a consumer process ended. */
export interface Exit {
  readonly name: string;
  /** What it was told: nothing, SIGTERM, or SIGKILL. */
  readonly told: "nothing" | "stop" | "kill";
  readonly code: number;
  /** The last line of its log. */
  readonly last: string;
  /** Whether brokers, network or database were broken while it stopped: it may not manage to drain. */
  readonly faulty: boolean;
}

/** What allows duplicates: a message that was processed and not committed comes again. */
export interface Losses {
  /** Assignments that consumers got: each may end with a message of every lane in work, uncommitted. */
  readonly assignments: number;
  /** Commits of the database whose answer may be lost: consumers at each fault of the database. */
  readonly databaseFaults: number;
  /** Dead letters that were sent again because nobody acknowledged them: the first may be there all the same. */
  readonly letterRetries: number;
  /**
   * Messages of the last seconds before all brokers were killed. A coordinator that starts tells of a group what lies
   * below its high watermark, and that is as old as its last checkpoint (replica.high.watermark.checkpoint.interval.ms,
   * 5 s) until the other copies have caught up: who asks before that begins at what was committed then.
   */
  readonly setBack: number;
  /** Consumers that were held beyond their session: each may write one message late. */
  readonly zombies: number;
}

/** A run as it was. */
export interface History {
  /** Ids that the brokers acknowledged. */
  readonly acknowledged: readonly string[];
  readonly topic: readonly TopicRecord[];
  /** In the order of n. */
  readonly audit: readonly AuditRow[];
  /** Ids of the orders, which the job upserts. */
  readonly orders: readonly string[];
  readonly letters: readonly Letter[];
  readonly commits: readonly CommitSample[];
  /** What is committed in the end, and the end of each partition. */
  readonly end: readonly { readonly partition: number; readonly committed: number; readonly end: number }[];
  readonly exits: readonly Exit[];
  /** Times in which nothing moved, in words. */
  readonly stalls: readonly string[];
  /** Lines of the consumers' logs that no fault explains. */
  readonly complaints: readonly string[];
  readonly losses: Losses;
}
