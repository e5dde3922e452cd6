import type { Fault } from "./faults.ts";
import { quartersOf } from "./memory.ts";
import { describeSchedule } from "./schedule.ts";
import type { Outcome } from "./run.ts";
import type { Verdict } from "./verifier.ts";

const LOG_LINES = 12;

/** What a run came to, in lines. */
export function reportOf(outcome: Outcome, { counts, violations }: Verdict): string {
  const { history: { losses, acknowledged, exits } } = outcome;
  const lines = [
    `sent            ${acknowledged.length} messages acknowledged, ${counts.records} records in the topic`,
    `processed       ${counts.rows} rows, ${counts.lost} lost, ${counts.outOfOrder} out of order`,
    `dead letters    ${counts.letters} of ${counts.poison} poison messages`,
    `came again      ${counts.duplicates}, at most ${counts.bound} may: one for each of ${losses.assignments} assignments, ` +
    `${losses.databaseFaults} commits that a fault of the database may have met, and ${losses.letterRetries} letters sent again`,
    `from before     ${counts.furtherBack}, at most ${
      losses.zombies + losses.setBack
    } may: one for each consumer that was held, and ` +
    `${losses.setBack} of the last seconds before all brokers were killed`,
    `consumers       ${outcome.consumersStarted} started, ${outcome.kills} by SIGKILL, ` +
    `${exits.filter(({ told }) => told === "stop").length} by SIGTERM, ${losses.zombies} held`,
    `faults          ${outcome.faults}, brokers restarted ${outcome.brokerRestarts} times`,
    `duration        ${Math.round(outcome.seconds)} s, ${
      Math.round(counts.rows / outcome.seconds)
    } messages/s`,
    ...memoryLines(outcome),
  ];
  for (const { law, count, examples } of violations) {
    lines.push(`BROKEN          ${law}: ${count}`, ...examples.map((example) => `  ${example}`));
  }
  return lines.join("\n");
}

/** What is needed to find the cause of a failure. */
export function failureReport(outcome: Outcome, faults: readonly Fault[], again: string): string {
  return [
    `The schedule, ${faults.length} faults (seconds, fault, numbers); the same again: ${again}`,
    describeSchedule(faults),
    ...[...outcome.logs].flatMap(([name, log]) => [`-- the end of ${name}'s log`, ...log.slice(-LOG_LINES)]),
  ].join("\n");
}

/** Memory of each consumer that lived long enough to judge, and whether all of it is flat. */
function memoryLines({ memory }: Outcome): string[] {
  return [...memory].flatMap(([name, samples]) => {
    const quarters = quartersOf(samples);
    if (quarters === undefined) return [];
    const minutes = Math.round((samples.at(-1)?.at ?? 0) / 60_000);
    const mib = quarters.mib.map((value) => `${Math.round(value)}`).join(", ");
    return [
      `memory          ${name}, ${minutes} minutes, MiB by quarters: ${mib}${
        quarters.isFlat ? "" : "  NOT FLAT"
      }`,
    ];
  });
}

/** Whether memory of a consumer has grown. */
export const isFlat = ({ memory }: Outcome): boolean =>
  [...memory.values()].every((samples) => quartersOf(samples)?.isFlat ?? true);
