import { lastLines } from "../shared/last_lines.ts";
import type { Tools } from "../shared/tools.ts";
import { type Check, checkTable, differenceLines, holds } from "./checks.ts";
import { DATABASE_FILE } from "./database.ts";
import type { Rate } from "./rate.ts";
import type { Screen } from "./screen.ts";
import { count } from "./words.ts";

/** Shows what was checked, and what is off. Gives whether nothing is. */
export function tellChecks(screen: Screen, checks: readonly Check[]): boolean {
  const [header = "", ...rows] = checkTable(checks);
  screen.say(screen.faint(header));
  rows.forEach((row, i) => {
    const good = holds(checks[i]!);
    screen.say(row.replace(/\S+$/, (word) => good ? screen.good(word) : screen.bad(word)));
  });
  for (const line of differenceLines(checks)) screen.say(screen.bad(line));
  return checks.every(holds);
}

/** That all is well, and how fast the job was while it worked. */
export function tellSuccess(screen: Screen, rates: readonly Rate[]): void {
  const whole = rates.map((rate) => rate.whole);
  const done = whole.reduce((sum, part) => sum + part.done, 0);
  const ms = whole.reduce((sum, part) => sum + part.ms, 0);
  screen.line();
  screen.line(screen.good(`Nothing was lost, nothing is there twice. The orders are in ${DATABASE_FILE}.`));
  if (ms > 0) {
    const rate = count(done / (ms / 1000));
    screen.line(`${rate} messages a second, each with a transaction and a commit of its own.`);
  }
}

/** The end of the job's log, where something went wrong. */
export async function tellLog(
  { tools, screen }: { tools: Tools; screen: Screen },
  logFile: string,
): Promise<void> {
  const log = await tools.disk.readText(logFile) ?? "";
  screen.say(log === "" ? `The job's log (${logFile}) is empty.` : `The end of the job's log (${logFile}):`);
  if (log !== "") screen.line(lastLines(log));
}
