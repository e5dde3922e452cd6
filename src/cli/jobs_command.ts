import { buildCommand } from "../deps/stricli.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith, type KnownJob } from "./context.ts";
import { type Column, printRows } from "./output.ts";
import { NAME } from "./text.ts";
import { flagText } from "./text/flags.ts";
import { jobsText } from "./text/jobs.ts";

const COLUMNS: readonly Column<KnownJob>[] = [
  { title: "NAME", of: ({ name }) => name },
  { title: "FILE", of: ({ file }) => file },
];

/** `datapy jobs` */
async function run(this: CliContext, { json }: { readonly json: boolean }): Promise<void> {
  const found = await this.jobs.list();
  if (found.length === 0) return endWith(this, EXIT_CODES.failed, `${NAME}: ${jobsText.none}`);
  printRows(this, COLUMNS, found, json);
}

export const jobs = buildCommand({
  func: run,
  parameters: {
    flags: { json: { kind: "boolean", default: false, withNegated: false, brief: flagText.json } },
  },
  docs: { brief: jobsText.brief, fullDescription: jobsText.full },
});
