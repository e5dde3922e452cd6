import { contextText, defaultDatabase, type Sections } from "./context_text.ts";
import { type Framework, LIBRARY, TESTING } from "./framework.ts";
import type { Answers } from "./answers.ts";
import { PATTERNS } from "./patterns.ts";
import { readmeText } from "./readme.ts";
import { renamedJob, renamedTest } from "./rewrite.ts";

/** What a new job is made from: files of this repository, read. */
export interface Templates {
  readonly job: string;
  readonly test: string;
  readonly context: Sections;
  /** A context file of the user's, whose settings win; undefined where none is given. */
  readonly given?: Sections | undefined;
  /** deno.json of this repository: a project has its compiler options, and its permissions to run a job. */
  readonly config: {
    readonly imports: Readonly<Record<string, string>>;
    readonly tasks: { readonly run: { readonly command: string } };
    readonly compilerOptions: object;
    readonly fmt: object;
  };
}

/** A file to write. */
export interface NewFile {
  /** From the folder of the project. */
  readonly path: string;
  readonly text: string;
}

/** The job, its context file and its test; `framework` is undefined where they stand in jobs/ of this repository. */
export function jobFiles(answers: Answers, templates: Templates, framework?: Framework): readonly NewFile[] {
  const { name, pattern } = answers;
  const { job, test, context } = templates;
  const renaming = {
    from: PATTERNS[pattern].job,
    to: name,
    library: framework === undefined ? "../mod.ts" : LIBRARY,
    testing: framework === undefined ? "../testing.ts" : TESTING,
  };
  const database = answers.database ?? defaultDatabase(name);
  return [
    { path: `${name}.ts`, text: renamedJob(job, renaming) },
    {
      path: `${name}_context.json`,
      text: contextText(job, context, { name, database, context: templates.given }),
    },
    { path: `${name}_test.ts`, text: renamedTest(test, renaming) },
  ];
}

/** All files of a project of its own. */
export function projectFiles(
  answers: Answers,
  templates: Templates,
  framework: Framework,
): readonly NewFile[] {
  return [
    ...jobFiles(answers, templates, framework),
    { path: "deno.json", text: denoJson(answers, templates, framework) },
    { path: ".gitignore", text: "/data/\n/.datapy/\n" },
    { path: "README.md", text: readmeText(answers.name, answers.pattern) },
  ];
}

/** A test works in memory: it may read the job's files, and write the database that is one of DuckDB's. */
const TEST = "deno test --no-prompt --allow-env --allow-read --allow-write=data --allow-ffi";

function denoJson({ name }: Answers, { job, test, config }: Templates, { imports, host }: Framework): string {
  const more = host === undefined ? "" : ` --allow-import=${host}`;
  const tasks = {
    run: `${config.tasks.run.command}${more} ${name}.ts`,
    test: `${TEST}${more}`,
    check: `deno check${more} .`,
  };
  const { compilerOptions, fmt } = config;
  const file = {
    imports: { ...imports, ...packagesOf(job + test, config.imports) },
    tasks,
    compilerOptions,
    fmt,
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** The packages that the job and its test import by their names here. */
function packagesOf(text: string, known: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(known).filter(([name]) => text.includes(` from "${name}";`)));
}
