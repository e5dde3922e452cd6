import type { DatabaseSettings, FoundReference, Plan, PlanEnd, PlannedCall } from "./report.ts";

/** One line that a plan prints; the job may print others. */
export type PlanLine =
  | { readonly call: PlannedCall; readonly mod: string }
  | { readonly reference: FoundReference }
  | { readonly topic: string }
  | { readonly database: DatabaseSettings }
  | { readonly end: PlanEnd; readonly message: string };

/** The word by which a process is asked for a plan: `datapy __plan JOB [CONTEXT]`. */
export const PLAN = "__plan";

const MARK = "\u0001datapy-plan ";

/** A line as it is printed. */
export function writePlanLine(line: PlanLine): string {
  return `\n${MARK}${JSON.stringify(line)}\n`;
}

/** The plan in what a process printed; `late` where it has not said how it ended. */
export function readPlan(out: string): Plan {
  const lines = out.split("\n").filter((line) => line.startsWith(MARK))
    .map((line) => JSON.parse(line.slice(MARK.length)) as PlanLine);
  const end = lines.find((line) => "end" in line);
  return {
    calls: lines.filter((line) => "call" in line),
    references: lines.flatMap((line) => "reference" in line ? [line.reference] : []),
    topics: lines.flatMap((line) => "topic" in line ? [line.topic] : []),
    databases: lines.flatMap((line) => "database" in line ? [line.database] : []),
    end: end?.end ?? "late",
    message: end?.message ?? "",
  };
}
