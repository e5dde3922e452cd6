import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { buildCommand } from "../deps/stricli.ts";
import { type CliContext, endWith } from "./context.ts";
import { type Answers, answersFor } from "./new/answers.ts";
import { defaultDatabase } from "./new/context_text.ts";
import { framework, type Home } from "./new/framework.ts";
import type { NewLibrary } from "./new/library.ts";
import { type Pattern, PATTERN_NAMES, PATTERNS } from "./new/patterns.ts";
import { jobFiles, type NewFile, projectFiles } from "./new/project.ts";
import { templatesOf } from "./new/templates.ts";
import { writeNew } from "./new/write.ts";
import { NAME } from "./text.ts";
import { flagText } from "./text/flags.ts";
import { newText } from "./text/new.ts";

/** Flags of `datapy new`. */
export interface NewFlags {
  readonly pattern?: Pattern;
  readonly database?: string;
  readonly folder?: string;
  readonly framework?: string;
  readonly context?: string;
  readonly json: boolean;
}

/** What is to be written, where, and what to do then. */
interface Plan {
  readonly folder: string;
  readonly files: readonly NewFile[];
  readonly next: readonly string[];
}

/** `datapy new [NAME]` */
async function newJob(this: CliContext, flags: NewFlags, name?: string): Promise<void> {
  const { projects } = this;
  const usage = (words: string) => endWith(this, EXIT_CODES.usage, `${NAME}: ${words}`);
  const answers = answersFor({ name, pattern: flags.pattern, database: flags.database }, projects.questions, {
    database: (pattern) => PATTERNS[pattern].database !== undefined,
    usualDatabase: defaultDatabase,
  });
  if ("problem" in answers) return usage(answers.problem);
  const plan = await planOf(answers, flags, projects);
  const written = await writeNew(plan.folder, plan.files, projects.files);
  if ("present" in written) return usage(newText.present(written.present));
  const line = (path: string) => flags.json ? JSON.stringify({ path }) : path;
  this.machine.writeOut(written.made.map((path) => `${line(path)}\n`).join(""));
  this.machine.writeError(`${newText.next(plan.next)}\n`);
}

async function planOf(answers: Answers, flags: NewFlags, projects: NewLibrary): Promise<Plan> {
  const { home, files, read } = projects;
  const { name, pattern } = answers;
  const given = flags.context === undefined ? undefined : projects.contextFile(flags.context);
  const templates = { ...await templatesOf(pattern, home.folder, read), given };
  if (flags.folder === undefined && flags.framework === undefined && isHome(home)) {
    const next = [`deno task test jobs/${name}_test.ts`, `deno task run jobs/${name}.ts`];
    return { folder: "jobs", files: jobFiles(answers, templates), next };
  }
  const folder = flags.folder ?? name;
  const from = await framework(flags.framework, home, folder, (path) => files.exists(path));
  const next = [`cd ${relative("", folder) || "."}`, "deno task test", "deno task run"];
  return { folder: join(folder), files: projectFiles(answers, templates, from), next };
}

/** Whether this runs in DataPy's own repository. */
function isHome({ folder, package: pkg }: Home): boolean {
  return pkg === undefined && folder.protocol === "file:" && resolve(fileURLToPath(folder)) === resolve();
}

const text = (brief: string, placeholder: string) =>
  ({ kind: "parsed", parse: String, optional: true, brief, placeholder }) as const;

export const newCommand = buildCommand<NewFlags, [name?: string], CliContext>({
  func: newJob,
  parameters: {
    flags: {
      pattern: { kind: "enum", values: PATTERN_NAMES, optional: true, brief: newText.pattern },
      database: text(newText.database, "URL"),
      folder: text(newText.folder, "PATH"),
      context: text(newText.context, "FILE"),
      framework: text(newText.framework, "PATH|URL|PACKAGE"),
      json: { kind: "boolean", default: false, withNegated: false, brief: flagText.json },
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: newText.name, parse: String, placeholder: "NAME", optional: true }],
    },
  },
  docs: { brief: newText.brief, fullDescription: newText.full },
});
