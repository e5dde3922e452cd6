import type { CliContext } from "../context.ts";
import { checkText } from "../text/check.ts";
import type { Finding, Plan } from "./report.ts";

const MOST_LINES = 20;
/** Lines of `deno check` that say nothing about the job. */
const NOISE = /^error: Type checking|^Stack backtrace|^ +\d+: <unknown>/;

/** The job's types. */
export async function checkTypes(context: CliContext, job: string, timeoutMs: number): Promise<Finding> {
  const text = checkText.types;
  const errors = await context.checks.typeErrors(job, timeoutMs);
  if (errors === undefined) {
    return { check: "types", status: "unreachable", message: text.late(Math.round(timeoutMs / 1000)) };
  }
  if (errors === "") return { check: "types", status: "ok", message: text.ok(job) };
  const lines = errors.split("\n").filter((line) => line.trim() !== "" && !NOISE.test(line));
  const more = lines.length > MOST_LINES ? [text.more(lines.length - MOST_LINES)] : [];
  const shown = [...lines.slice(0, MOST_LINES), ...more].map((line) => `    ${line}`);
  return { check: "types", status: "wrong", message: text.wrong(shown.join("\n")) };
}

/** How far main can be followed. */
export function checkMain(plan: Plan, timeoutMs: number): Finding {
  const text = checkText.plan;
  switch (plan.end) {
    case "complete":
      return { check: "job", status: "ok", message: text.complete(modsOf(plan)) };
    case "not a job":
      return { check: "job", status: "wrong", message: plan.message };
    case "refused":
      return { check: "job", status: "note", message: text.refused };
    case "unknown":
      return { check: "job", status: "note", message: text.unknown(plan.message) };
    case "late":
      return consumersOf(plan).length > 0
        ? { check: "job", status: "ok", message: text.complete(modsOf(plan)) }
        : { check: "job", status: "note", message: text.late(Math.round(timeoutMs / 1000)) };
  }
}

/** The `${...}` in the source: one finding for each that cannot be filled in. */
export function checkReferences({ references, end }: Plan): readonly Finding[] {
  const text = checkText.context_;
  const missing = references.filter(({ problem }) => problem !== null).map(
    ({ text: reference, problem }): Finding => {
      return { check: "context", status: "wrong", message: text.wrong(reference, String(problem)) };
    },
  );
  if (missing.length > 0) return missing;
  if (references.length === 0 && end === "not a job") return [];
  const message = references.length === 0 ? text.none : text.ok(references.length);
  return [{ check: "context", status: "ok", message }];
}

/** The parameters of the mods that main calls. */
export function checkParameters(plan: Plan): readonly Finding[] {
  const text = checkText.parameters;
  const unfilled = /cannot fill in (\$\{[^}]*\})/.exec(plan.message)?.[1]; // told as a reference already
  if (plan.references.some(({ text, problem }) => text === unfilled && problem !== null)) return [];
  if (plan.end === "refused") return [{ check: "parameters", status: "wrong", message: plan.message }];
  if (plan.end === "not a job") return [];
  const mods = modsOf(plan);
  if (mods.length === 0 && plan.end !== "complete") return [];
  if (mods.length === 0) return [{ check: "parameters", status: "skipped", message: text.none }];
  return [{ check: "parameters", status: "ok", message: text.ok(mods) }];
}

/** The consumers that main begins. */
export function consumersOf({ calls }: Plan) {
  return calls.flatMap(({ call }) => call.kind === "consumer" ? [call] : []);
}

function modsOf({ calls }: Plan): readonly string[] {
  return [...new Set(calls.map(({ mod }) => mod))];
}
