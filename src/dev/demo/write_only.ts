import type { Kafka, StartOptions } from "../kafka/mod.ts";
import { generateOrders } from "./generate.ts";
import type { Screen } from "./screen.ts";
import { DemoTopic, OWN_NAMES, PARTITIONS } from "./topic.ts";
import { unlessAborted } from "../../core/unless_aborted.ts";
import { count } from "./words.ts";

/** What writing needs from outside. */
export interface WritePorts {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** Unix time in milliseconds: the orders of each call get ids of their own. */
  readonly now: number;
  startKafka(options: StartOptions): Promise<Kafka>;
}

/** Writes messages to the topic of jobs/kafka_context.json, on the Kafka that stays. Gives its address. */
export async function writeOnly(
  { screen, signal, now, startKafka }: WritePorts,
  size: number,
): Promise<string> {
  await using kafka = await unlessAborted(signal, startKafka({ report: screen.indented }));
  await using topic = await unlessAborted(signal, DemoTopic.open(kafka.bootstrap, OWN_NAMES, PARTITIONS));
  const series = `W${new Date(now).toISOString().slice(2, 19).replaceAll(/\D/g, "")}`;
  const messages = generateOrders(size, { seed: now, series });
  await topic.write(messages, signal, (done) => screen.progress(`${count(done)} of ${count(size)} written`));
  screen.progress(undefined);
  screen.line(`${count(size)} messages are on the topic "${OWN_NAMES.topic}" at ${kafka.bootstrap}.`);
  return kafka.bootstrap;
}
