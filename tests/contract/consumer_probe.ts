import type {
  Assignment,
  ConsumerEvents,
  ConsumerOptions,
  ConsumerSession,
  FetchedRecords,
  LostReason,
  RawRecord,
} from "../../src/kafka/driver.ts";
import { RecordingLogger } from "../support/recording_logger.ts";
import { waitFor } from "../support/wait_for.ts";
import type { DriverFixture } from "./fixture.ts";

/** One call of an event. */
export type ProbeEvent =
  | { readonly kind: "assigned" | "revoking"; readonly partitions: readonly Assignment[] }
  | { readonly kind: "lost"; readonly partitions: readonly Assignment[]; readonly reason: LostReason }
  | { readonly kind: "records"; readonly fetched: FetchedRecords }
  | { readonly kind: "crashed"; readonly error: Error };

const DEFAULTS = {
  autoOffsetReset: "earliest",
  sessionTimeoutMs: 30_000,
  heartbeatIntervalMs: 500,
  rebalanceTimeoutMs: 30_000,
  revokeTimeoutMs: 2_000,
  recoveryTimeoutMs: 30_000,
} as const;

let highestEpoch = 0;
const decoder = new TextDecoder();

/** Consumes, keeps everything that it is told, and notes where that breaks a law of the driver. */
export class ConsumerProbe implements ConsumerEvents {
  readonly events: ProbeEvent[] = [];
  readonly violations: string[] = [];
  readonly log = new RecordingLogger();
  /** What it has now, by `topic/partition`. */
  readonly current = new Map<string, Assignment>();
  readonly #nextOffsets = new Map<string, bigint>();
  readonly #revoking = new Set<string>();
  #session: ConsumerSession | undefined;
  #over = false;
  /** What to do when assigned, before anything is handed out. */
  onAssigned: (partitions: readonly Assignment[], probe: ConsumerProbe) => void = () => {};
  /** What to do while a rebalance waits. */
  onRevoking: (partitions: readonly Assignment[], probe: ConsumerProbe) => Promise<void> = async () => {};

  /** Joins a group. */
  static async open(
    fixture: DriverFixture,
    options: Partial<ConsumerOptions> & Pick<ConsumerOptions, "groupId" | "topics">,
    hooks: Partial<Pick<ConsumerProbe, "onAssigned" | "onRevoking">> = {},
  ): Promise<ConsumerProbe> {
    const probe = new ConsumerProbe();
    Object.assign(probe, hooks);
    const all = { ...DEFAULTS, log: probe.log, ...options };
    probe.#session = await fixture.driver.consume(fixture.connection, all, probe);
    return probe;
  }

  get session(): ConsumerSession {
    if (this.#session === undefined) throw new TypeError("Cannot use the session before consume() resolved");
    return this.#session;
  }

  /** Every record that came, in its order. */
  get received(): readonly RawRecord[] {
    return this.#fetches.flatMap((fetched) => fetched.records);
  }

  /** The values that came, as texts. */
  get values(): readonly string[] {
    return this.received.map((record) => decoder.decode(record.value ?? new Uint8Array()));
  }

  get crash(): Error | undefined {
    return this.events.find((event) => event.kind === "crashed")?.error;
  }

  get #fetches(): readonly FetchedRecords[] {
    return this.events.flatMap((event) => event.kind === "records" ? [event.fetched] : []);
  }

  /** The newest fetch of a partition. */
  lastFetch(partition = 0): FetchedRecords | undefined {
    return this.#fetches.findLast((fetched) => fetched.partition === partition);
  }

  /** The names of the events from an index on, the records left out. */
  steps(from = 0): readonly string[] {
    return this.events.slice(from).flatMap((event) =>
      event.kind === "records" ? [] : [event.kind === "lost" ? `lost(${event.reason})` : event.kind]
    );
  }

  /** What was lost by a reason. */
  lostBy(reason: LostReason): readonly Assignment[] {
    return this.events.flatMap((event) =>
      event.kind === "lost" && event.reason === reason ? event.partitions : []
    );
  }

  /** The current assignment of a partition, as soon as there is one. */
  async assignment(partition = 0, newerThan = 0): Promise<Assignment> {
    const find = () =>
      [...this.current.values()].find((at) => at.partition === partition && at.epoch > newerThan);
    return await waitFor(find, () => `an assignment of partition ${partition}, saw ${this.steps()}`);
  }

  /** Waits for that many records. */
  async receive(count: number): Promise<void> {
    await waitFor(
      () => this.received.length >= count,
      () => `${count} records, saw ${this.received.length} and ${this.steps()}`,
    );
  }

  assigned(partitions: readonly Assignment[]): void {
    this.#note({ kind: "assigned", partitions });
    for (const at of partitions) {
      if (at.epoch <= highestEpoch) this.violations.push(`epoch ${at.epoch} after ${highestEpoch}`);
      highestEpoch = Math.max(highestEpoch, at.epoch);
      if (this.current.has(name(at))) this.violations.push(`${name(at)} was assigned twice`);
      this.current.set(name(at), at);
      this.#nextOffsets.set(name(at), at.position);
    }
    this.onAssigned(partitions, this);
  }

  records(fetched: FetchedRecords): void {
    this.#note({ kind: "records", fetched });
    const at = name(fetched);
    if (this.current.get(at)?.epoch !== fetched.epoch) {
      this.violations.push(`records of ${at} epoch ${fetched.epoch}, which is not assigned`);
    }
    if (this.#revoking.has(at)) this.violations.push(`records of ${at}, which is being revoked`);
    let next = this.#nextOffsets.get(at) ?? 0n;
    for (const { offset } of fetched.records) {
      if (offset < next) this.violations.push(`${at}@${offset} came where ${next} was next`);
      next = offset + 1n;
    }
    if (fetched.nextOffset < next) {
      this.violations.push(`${at}: nextOffset ${fetched.nextOffset} before ${next}`);
    }
    this.#nextOffsets.set(at, fetched.nextOffset);
  }

  async revoking(partitions: readonly Assignment[]): Promise<void> {
    this.#note({ kind: "revoking", partitions });
    this.#mustHave(partitions, "revoking");
    for (const at of partitions) this.#revoking.add(name(at));
    await this.onRevoking(partitions, this);
  }

  lost(partitions: readonly Assignment[], reason: LostReason): void {
    this.#note({ kind: "lost", partitions, reason });
    this.#mustHave(partitions, `lost(${reason})`);
    for (const at of partitions) {
      this.current.delete(name(at));
      this.#revoking.delete(name(at));
    }
  }

  crashed(error: Error): void {
    this.#note({ kind: "crashed", error });
    this.#over = true;
  }

  /** Closes the session; nothing may come after that. */
  async close(): Promise<void> {
    await this.session.close();
    this.#over = true;
  }

  #note(event: ProbeEvent): void {
    if (this.#over) this.violations.push(`${event.kind} after the session was over`);
    this.events.push(event);
  }

  #mustHave(partitions: readonly Assignment[], what: string): void {
    for (const at of partitions) {
      if (this.current.get(name(at))?.epoch !== at.epoch) {
        this.violations.push(`${what} of ${name(at)} epoch ${at.epoch}, which was not assigned`);
      }
    }
  }
}

function name(at: { readonly topic: string; readonly partition: number }): string {
  return `${at.topic}/${at.partition}`;
}
