/**
 * Chaos by seed, on three brokers and a PostgreSQL of its own: `deno task chaos --seed N --minutes M`.
 *
 * `--orders N` at most so many; `--consumers N`, `--partitions N`, `--rate N` orders a second; `--without network,database`
 * leaves tracks out. `--schedule FILE` does the faults of a file instead, such as a failure has printed; `--shrink` makes a
 * failing schedule small, by `--tries N` further runs. `--logs FOLDER` keeps the logs of the consumers and all that was seen. `--soak` is 200,000 orders with more time between
 * the faults, none of the network, one of the consumers never killed, memory judged.
 * Exit codes: 0 all laws hold, 1 one is broken, 2 the run itself failed.
 */
import { parseArgs } from "node:util";
import { type Fault, kindOf, type Track, TRACKS } from "./faults.ts";
import { failureReport, isFlat, reportOf } from "./report.ts";
import { type Outcome, run, type RunOptions } from "./run.ts";
import { Scene } from "./scene.ts";
import { describeSchedule, makeSchedule, readSchedule } from "./schedule.ts";
import { shrink } from "./shrink.ts";
import { type Verdict, verify } from "./verifier.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    minutes: { type: "string" },
    orders: { type: "string" },
    consumers: { type: "string", default: "3" },
    partitions: { type: "string", default: "6" },
    rate: { type: "string" },
    without: { type: "string" },
    schedule: { type: "string" },
    logs: { type: "string" },
    shrink: { type: "boolean", default: false },
    tries: { type: "string", default: "20" },
    soak: { type: "boolean", default: false },
  },
});

const { soak } = values;
const seed = Number(values.seed ?? Math.floor(Date.now() / 1000));
const left = (values.without ?? (soak ? "network" : "")).split(",");
const without = TRACKS.filter((track): track is Track => left.includes(track));
const given = values.schedule === undefined
  ? undefined
  : readSchedule(await Deno.readTextFile(values.schedule));
const minutes = Number(values.minutes ?? (soak ? 60 : given === undefined ? 5 : minutesOf(given)));
const faults = given ?? makeSchedule(seed, { minutes, without, spread: soak ? 4 : 1 });
const options: RunOptions = {
  seed,
  forMs: minutes * 60_000,
  pace: {
    perSecond: Number(values.rate ?? (soak ? 1_000 : 200)),
    backlog: soak ? 5_000 : 2_000,
    total: Number(values.orders ?? (soak ? 200_000 : Infinity)),
  },
  consumers: Number(values.consumers),
  partitions: Number(values.partitions),
  spared: soak ? 1 : 0,
  direct: without.includes("network"),
  untilAllSent: soak,
  say: (line) => console.error(line),
};
const again = `deno task chaos ${
  [...Deno.args, ...(values.seed === undefined ? ["--seed", String(seed)] : [])].join(" ")
}`;

/** How long a schedule lasts, with the recovery from its last fault. */
function minutesOf(faults: readonly Fault[]): number {
  return Math.max(0, ...faults.map((fault) => fault.at + kindOf(fault).lasts(fault.args))) / 60_000;
}

/** Runs a schedule; what the verifier says of it. */
async function attempt(
  scene: Scene,
  some: readonly Fault[],
): Promise<{ outcome: Outcome; verdict: Verdict }> {
  const outcome = await run(scene, some, options);
  return { outcome, verdict: verify(outcome.history) };
}

async function main(): Promise<number> {
  console.error(`Seed ${seed}, ${faults.length} faults in ${Number(minutes.toFixed(2))} minutes: ${again}`);
  await using scene = await Scene.start();
  const { outcome, verdict } = await attempt(scene, faults);
  console.log(`${again}\nseed            ${seed}\n${reportOf(outcome, verdict)}`);
  if (values.logs !== undefined) {
    const seen = { ...outcome.history, memory: Object.fromEntries(outcome.memory) };
    await Deno.writeTextFile(`${values.logs}/history.json`, JSON.stringify(seen));
    for (const [name, log] of outcome.logs) {
      await Deno.writeTextFile(`${values.logs}/${name}.log`, log.join("\n"));
    }
  }
  if (verdict.violations.length === 0) return isFlat(outcome) ? 0 : 1;
  console.log(failureReport(outcome, faults, again));
  if (values.shrink) await makeSmall(scene, verdict);
  return 1;
}

async function makeSmall(scene: Scene, { violations }: Verdict): Promise<void> {
  const laws = new Set(violations.map(({ law }) => law));
  const fails = async (some: readonly Fault[]) => {
    console.error(`\nWith ${some.length} faults:\n${describeSchedule(some)}`);
    const { verdict } = await attempt(scene, some);
    return verdict.violations.some(({ law }) => laws.has(law));
  };
  const { items, tries, isMinimal } = await shrink(faults, fails, Number(values.tries));
  const how = isMinimal ? "none of them can be left out" : "more might be left out";
  console.log(
    `# ${items.length} faults still break it, after ${tries} runs; ${how}:\n${describeSchedule(items)}`,
  );
}

if (import.meta.main) {
  Deno.exit(
    await main().catch((error) => {
      console.error(error);
      console.error(
        `The run failed, which says nothing about the laws: ${again}\n${describeSchedule(faults)}`,
      );
      return 2;
    }),
  );
}
