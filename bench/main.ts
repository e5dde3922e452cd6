/**
 * The benchmark: `deno task bench`. Starts a Kafka, and measures in one run on that broker what is compared; each consumer
 * is a process of its own, and the two take turns. `--quick` reads a tenth of the messages.
 */
import { startKafka } from "../src/dev/kafka/mod.ts";
import { measure, type Measured, runScript } from "./child.ts";
import { runModCost } from "./run_mod.ts";
import { inWords, spreadOf } from "./stats.ts";
import type { FilledTopic } from "./topic.ts";

const scale = Deno.args.includes("--quick") ? 0.1 : 1;
const ROUNDS = 5;
const MESSAGES = 20_000 * scale;
const MANY = 200_000 * scale;
const PARTITIONS = 3;

const fillTopic = (bootstrap: string, topic: string, messages: number) =>
  runScript("./topic.ts", { bootstrap, topic, partitions: PARTITIONS, messages } satisfies FilledTopic);

const say = (text: string) => console.error(text);

async function compare(bootstrap: string): Promise<void> {
  await fillTopic(bootstrap, "bench", MESSAGES);
  const task = { bootstrap, topic: "bench", messages: MESSAGES };
  const ours: Measured[] = [];
  const bare: Measured[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    say(round === 0 ? "Warming up" : `Round ${round} of ${ROUNDS}`);
    const first = await measure("./datapy_consumer.ts", { ...task, group: `ours-${round}` });
    const second = await measure("./kafkajs_consumer.ts", { ...task, group: `bare-${round}` });
    if (round === 0) continue; // modules, and the broker's own caches
    ours.push(first);
    bare.push(second);
  }
  const ratios = ours.map(({ rate }, i) => rate / bare[i]!.rate);
  const rate = (all: readonly Measured[]) => inWords(spreadOf(all.map((one) => one.rate)));
  const firstMs = (all: readonly Measured[]) => inWords(spreadOf(all.map((one) => one.firstMs)));
  console.log(`A message at a time, a commit each; ${MESSAGES} messages, ${PARTITIONS} partitions`);
  console.log(`  DataPy, messages/s          ${rate(ours)}`);
  console.log(`  bare kafkajs, messages/s    ${rate(bare)}`);
  console.log(`  DataPy : bare kafkajs       ${inWords(spreadOf(ratios), 2)}`);
  console.log(`  DataPy, first message, ms   ${firstMs(ours)}`);
  console.log(`  bare kafkajs, the same, ms  ${firstMs(bare)}`);
}

async function remember(bootstrap: string): Promise<void> {
  say(`Reading ${MANY} messages for their memory`);
  await fillTopic(bootstrap, "bench-memory", MANY);
  const task = { bootstrap, topic: "bench-memory", group: "memory", messages: MANY };
  const { memory } = await measure("./datapy_consumer.ts", task);
  const each = memory.map((mb) => mb.toFixed(0)).join(", ");
  console.log(`Memory after each quarter of ${MANY} messages, MB: ${each}`);
}

async function calls(): Promise<void> {
  await runModCost(20_000); // let the compiler see it
  const rounds: number[] = [];
  for (let i = 0; i < ROUNDS; i++) rounds.push(await runModCost(20_000));
  console.log(`runMod with five parameters, microseconds a call: ${inWords(spreadOf(rounds), 1)}`);
}

if (import.meta.main) {
  await calls();
  const report = { line: say, progress() {} };
  await using kafka = await startKafka({ ephemeral: true, folder: ".datapy", report });
  await compare(kafka.bootstrap);
  await remember(kafka.bootstrap);
}
