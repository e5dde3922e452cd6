import { buildCommand } from "../deps/stricli.ts";
import { errorText } from "../core/errors.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { checkMain, checkParameters, checkReferences, checkTypes } from "./check/local_checks.ts";
import { checkDatabases, checkKafka } from "./check/remote_checks.ts";
import type { Finding } from "./check/report.ts";
import { type CliContext, endWith } from "./context.ts";
import { kafkaFlags } from "./flags.ts";
import { jobFiles, suggestedJob } from "./job_files.ts";
import { hasColours, jsonLine, say } from "./output.ts";
import { terminalReport } from "./report.ts";
import { NAME } from "./text.ts";
import { checkText } from "./text/check.ts";

interface CheckFlags {
  readonly context?: string;
  readonly offline: boolean;
  readonly timeout: number;
  readonly json: boolean;
}

/** Types of a job that nobody has checked before take the longest: all that it imports is checked too. */
const TYPES_MS = 180_000;
const PLAN_MS = 30_000;

/** `datapy check JOB` */
export const check = buildCommand({
  func: run,
  parameters: {
    flags: {
      context: { ...kafkaFlags.context, brief: checkText.context },
      offline: { kind: "boolean", default: false, withNegated: false, brief: checkText.offline },
      timeout: kafkaFlags.timeout,
      json: kafkaFlags.json,
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: checkText.job, parse: String, placeholder: "JOB", proposeCompletions: jobFiles }],
    },
  },
  docs: { brief: checkText.brief, fullDescription: checkText.full },
});

async function run(this: CliContext, flags: CheckFlags, job: string): Promise<void> {
  if (await this.jobs.kindOf(job) !== "file") {
    const hint = await suggestedJob(this, job);
    return endWith(this, EXIT_CODES.usage, `${NAME}: ${checkText.notThere(job, hint)}`);
  }
  const findings: Finding[] = [];
  const report = terminalReport(this.machine);
  const tell = (found: readonly Finding[]) => {
    report.progress(undefined);
    for (const finding of found) {
      this.machine.writeOut(flags.json ? jsonLine(finding) : lineOf(finding, hasColours(this)));
    }
    findings.push(...found);
  };
  report.progress(checkText.progress("types"));
  tell([await checkTypes(this, job, TYPES_MS)]);
  const unreadable = contextProblem(this, flags.context);
  if (unreadable !== undefined) {
    tell([unreadable]);
    return end(this, findings, flags.json);
  }
  report.progress(checkText.progress("what main does"));
  const plan = await this.checks.plan(job, flags.context, PLAN_MS);
  tell([checkMain(plan, PLAN_MS), ...checkReferences(plan), ...checkParameters(plan)]);
  const options = { offline: flags.offline, timeoutMs: flags.timeout * 1000 };
  report.progress(checkText.progress("Kafka"));
  tell(await checkKafka(this, plan, options));
  report.progress(checkText.progress("the database"));
  tell(await checkDatabases(this, plan, options));
  end(this, findings, flags.json);
}

/** Why the context file that is given cannot be read; undefined where it can, or none is given. */
function contextProblem(context: CliContext, file: string | undefined): Finding | undefined {
  if (file === undefined) return undefined;
  try {
    context.projects.contextFile(file);
    return undefined;
  } catch (error) {
    return { check: "context", status: "wrong", message: errorText(error) };
  }
}

function end(context: CliContext, findings: readonly Finding[], json: boolean): void {
  const count = (status: Finding["status"]) => findings.filter((one) => one.status === status).length;
  const [wrong, unreachable] = [count("wrong"), count("unreachable")];
  if (!json) say(context, checkText.done(wrong, unreachable));
  if (wrong > 0) context.process.exitCode = EXIT_CODES.configuration;
  else if (unreachable > 0) context.process.exitCode = EXIT_CODES.failed;
}

const SIGNS = { ok: "✓", wrong: "✗", unreachable: "✗", note: "!", skipped: "-" } as const;
const COLOURS = { ok: 32, wrong: 31, unreachable: 31, note: 33, skipped: 2 } as const;
const WIDTH = "connection".length;

function lineOf({ check, status, message }: Finding, colours: boolean): string {
  const sign = colours ? `\x1b[${COLOURS[status]}m${SIGNS[status]}\x1b[0m` : SIGNS[status];
  return `${sign} ${check.padEnd(WIDTH)}  ${message}\n`;
}
