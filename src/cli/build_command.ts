import { EXIT_CODES } from "../job/exit_codes.ts";
import { buildCommand } from "../deps/stricli.ts";
import { type Target, TARGETS } from "./build/flags.ts";
import { type CliContext, endWith, type KnownJob } from "./context.ts";
import { jobFiles, suggestedJob } from "./job_files.ts";
import { jobName } from "./job_search.ts";
import { terminalReport } from "./report.ts";
import { NAME } from "./text.ts";
import { buildText } from "./text/build.ts";

interface BuildFlags {
  readonly out: string;
  readonly target?: Target;
  readonly include?: readonly string[];
  readonly allowWrite: readonly string[];
}

/** `datapy build [JOB...]` */
async function run(this: CliContext, flags: BuildFlags, ...words: string[]): Promise<void> {
  const jobs = await jobsNamed(this, words);
  if (typeof jobs === "string") return endWith(this, EXIT_CODES.usage, `${NAME}: ${jobs}`);
  const report = terminalReport(this.machine);
  const { out, target, include = [], allowWrite } = flags;
  const order = { jobs, out, target, include, writable: allowWrite };
  try {
    const size = await this.builds.build(order, (text) => report.progress(text));
    report.line(buildText.done(out, size, jobs.map(({ name }) => name)));
  } finally {
    report.progress(undefined);
  }
  this.machine.writeOut(`${out}\n`);
}

/** The jobs that words name, files or folders; or what is wrong with them. */
async function jobsNamed(
  context: CliContext,
  words: readonly string[],
): Promise<readonly KnownJob[] | string> {
  const found = words.length === 0 ? [...await context.jobs.list()] : [];
  for (const word of words) {
    const kind = await context.jobs.kindOf(word);
    if (kind === "nothing") return buildText.notThere(word, await suggestedJob(context, word));
    const inside = kind === "file"
      ? [{ name: jobName(word), file: word }]
      : await context.builds.jobsIn(word);
    if (inside.length === 0) return buildText.none(word);
    found.push(...inside);
  }
  if (found.length === 0) return buildText.none("this folder, nor in jobs/ below it");
  for (const [name, same] of Map.groupBy(found, (job) => job.name)) {
    const files = [...new Set(same.map(({ file }) => file))];
    if (files.length > 1) return buildText.sameName(name, files);
  }
  return found.filter(({ name }, i) => found.findIndex((one) => one.name === name) === i);
}

const folders = (text: string) => {
  const paths = text.split(",").map((path) => path.trim()).filter((path) => path !== "");
  if (paths.length === 0) throw new RangeError("expected a folder");
  return paths;
};

export const build = buildCommand<BuildFlags, string[], CliContext>({
  func: run,
  parameters: {
    flags: {
      out: {
        kind: "parsed",
        parse: String,
        default: "dist/datapy",
        brief: buildText.out,
        placeholder: "FILE",
      },
      target: { kind: "enum", values: TARGETS, optional: true, brief: buildText.target },
      include: {
        kind: "parsed",
        parse: String,
        variadic: true,
        optional: true,
        brief: buildText.include,
        placeholder: "PATH",
      },
      allowWrite: {
        kind: "parsed",
        parse: folders,
        default: "data",
        brief: buildText.allowWrite,
        placeholder: "PATHS",
      },
    },
    positional: {
      kind: "array",
      parameter: { brief: buildText.job, parse: String, placeholder: "JOB", proposeCompletions: jobFiles },
    },
  },
  docs: { brief: buildText.brief, fullDescription: buildText.full },
});
