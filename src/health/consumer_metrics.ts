import type { ConsumerObserver, PartitionsEnd } from "../consume/observer.ts";
import type { Ending } from "../consume/ending.ts";
import type { Outcome } from "../consume/processor.ts";
import type { Work } from "../consume/work.ts";
import type { ErrorKind } from "../core/errors.ts";
import type { ConsumerState, ConsumerVitals, OwnStep } from "../core/vitals.ts";
import { CONSUMER_METRICS } from "./consumer_metrics_table.ts";
import type { Distribution, Registry, Value } from "./registry.ts";

type Name = typeof CONSUMER_METRICS[number]["name"];

const KINDS: readonly ErrorKind[] = ["record", "permanent", "unavailable", "configuration"];
const STATES: readonly ConsumerState[] = [
  "connecting",
  "joining",
  "waiting",
  "consuming",
  "draining",
  "closed",
];
/** What is told anew with each scrape: what is gone since the last one has no series any more. */
const GAUGES = CONSUMER_METRICS.filter(({ type }) => type === "gauge").map(({ name }) => name);

/** The series of a group, and of each of its topics. */
interface GroupSeries {
  readonly topics: Map<string, TopicSeries>;
  readonly commits: Distribution;
  readonly commitFailures: Value;
  readonly rebalances: Value;
  readonly outages: Value;
  readonly reconnects: Value;
}

interface TopicSeries {
  readonly read: Value;
  readonly bytes: Value;
  readonly attempts: Value;
  readonly retries: Value;
  readonly errors: Readonly<Record<ErrorKind, Value>>;
  readonly finished: Value;
  readonly skipped: Value;
  readonly dead: Value;
  readonly processing: Distribution;
}

/** Counts what consumers do, and reads how they are when somebody asks. */
export class ConsumerMetrics implements ConsumerObserver {
  readonly #registry: Registry<Name>;
  readonly #groups = new WeakMap<ConsumerVitals, GroupSeries>();

  constructor(registry: Registry<Name>) {
    this.#registry = registry;
  }

  /** Tells all gauges anew. `now` is of the job's clock, in milliseconds. */
  refresh(consumers: Iterable<ConsumerVitals>, now: number): void {
    for (const name of GAUGES) this.#registry.clear(name);
    for (const consumer of consumers) {
      this.#group(consumer); // its counters begin at 0
      this.#tellState(consumer, now);
    }
  }

  attempting(work: Work): void {
    this.#topic(work).attempts.value++;
  }

  attempted(work: Work, outcome: Outcome, ms: number): void {
    const { processing, errors } = this.#topic(work);
    processing.observe(ms / 1000);
    if (!outcome.ok) errors[outcome.kind].value++;
  }

  waiting(work: Work): void {
    this.#topic(work).retries.value++;
  }

  ended(work: Work, { kind }: Ending): void {
    const { finished, skipped, dead } = this.#topic(work);
    if (kind === "unfinished" || kind === "failed") return;
    finished.value++;
    if (kind === "skipped") skipped.value++;
    else if (kind === "dead_lettered") dead.value++;
  }

  assigned(consumer: ConsumerVitals): void {
    this.#group(consumer);
  }

  lost(consumer: ConsumerVitals, _: unknown, reason: PartitionsEnd): void {
    if (reason === "rebalance" || reason === "member_lost") this.#group(consumer).rebalances.add();
  }

  fetched(
    consumer: ConsumerVitals,
    { topic }: { readonly topic: string },
    records: number,
    bytes: number,
  ): void {
    const series = this.#topicOf(consumer, topic);
    series.read.add(records);
    series.bytes.add(bytes);
  }

  committed(consumer: ConsumerVitals, _: unknown, ms: number): void {
    this.#group(consumer).commits.observe(ms / 1000);
  }

  commitFailed(consumer: ConsumerVitals): void {
    this.#group(consumer).commitFailures.add();
  }

  outageBegan(consumer: ConsumerVitals): void {
    this.#group(consumer).outages.add();
  }

  outageOver(consumer: ConsumerVitals): void {
    this.#group(consumer).reconnects.add();
  }

  madeAnew({ group }: ConsumerVitals, step: OwnStep): void {
    this.#registry.value("datapy_consumers_made_anew_total", { group, step }).add();
  }

  /** Consumers of one group in one process share their series. */
  #tellState({ group, state, partitions, work, outage }: ConsumerVitals, now: number): void {
    const of = (name: Name) => this.#registry.value(name, { group });
    for (const one of STATES) {
      this.#registry.value("datapy_consumer_state", { group, state: one }).add(one === state ? 1 : 0);
    }
    const queued = of("datapy_records_queued");
    for (const { topic, partition, lag, queued: waiting } of partitions) {
      const labels = { group, topic, partition: String(partition) };
      this.#registry.value("datapy_consumer_lag_records", labels).add(Number(lag));
      queued.add(waiting);
    }
    const age = of("datapy_oldest_unfinished_age_seconds");
    for (const { since } of work) age.value = Math.max(age.value, (now - since) / 1000);
    of("datapy_records_in_flight").add(work.length);
    const isOut = of("datapy_consumer_outage");
    if (outage !== undefined) isOut.value = 1;
  }

  #topic({ consumer, task }: Work): TopicSeries {
    return this.#topicOf(consumer, task.partition.assignment.topic);
  }

  #topicOf(consumer: ConsumerVitals, topic: string): TopicSeries {
    const { topics } = this.#group(consumer);
    const present = topics.get(topic);
    if (present !== undefined) return present;
    const made = this.#newTopic(consumer.group, topic);
    topics.set(topic, made);
    return made;
  }

  #group(consumer: ConsumerVitals): GroupSeries {
    const present = this.#groups.get(consumer);
    if (present !== undefined) return present;
    const { group } = consumer;
    const of = (name: Name) => this.#registry.value(name, { group });
    const made = {
      topics: new Map(consumer.topics.map((topic) => [topic, this.#newTopic(group, topic)])),
      commits: this.#registry.distribution("datapy_commit_seconds", { group }),
      commitFailures: of("datapy_commit_failures_total"),
      rebalances: of("datapy_rebalances_total"),
      outages: of("datapy_outages_total"),
      reconnects: of("datapy_reconnects_total"),
    };
    this.#groups.set(consumer, made);
    return made;
  }

  #newTopic(group: string, topic: string): TopicSeries {
    const of = (name: Name) => this.#registry.value(name, { group, topic });
    const errors = KINDS.map((kind) =>
      [kind, this.#registry.value("datapy_errors_total", { group, topic, kind })] as const
    );
    return {
      read: of("datapy_records_read_total"),
      bytes: of("datapy_read_bytes_total"),
      attempts: of("datapy_attempts_total"),
      retries: of("datapy_retries_total"),
      errors: Object.fromEntries(errors) as Record<ErrorKind, Value>,
      finished: of("datapy_records_finished_total"),
      skipped: of("datapy_records_skipped_total"),
      dead: of("datapy_dead_letters_total"),
      processing: this.#registry.distribution("datapy_processing_seconds", { group, topic }),
    };
  }
}
