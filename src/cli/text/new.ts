import { maskSecrets } from "../../core/secret.ts";
import { PATTERN_NAMES, PATTERNS } from "../new/patterns.ts";

const patterns = PATTERN_NAMES.map((name) => `  ${name.padEnd(9)} ${PATTERNS[name].words}`).join("\n");

/** Words of `datapy new`. */
export const newText = {
  brief: "Make a job from a pattern, with its context, a test and tasks",
  full: [
    "Makes a folder with a job, its context file, a test and the tasks run, test and check; in DataPy's own repository " +
    "the first three, in jobs/. Asks for what is missing where there is a terminal. Never overwrites a file.",
    "",
    "Patterns:",
    patterns,
    "",
    "Examples:",
    "  datapy new billing --pattern to-db",
    "  datapy new billing --pattern to-db --database postgres://app@db.example:5432/billing --folder ../billing",
    "  datapy new scores --pattern long --framework npm:@datapy/datapy",
  ].join("\n"),
  name: "Name of the job: of its file, its consumer group, and in its log",
  pattern: "What kind of job",
  database: "Where a to-db or long job writes; by default a DuckDB file below data/",
  folder: "Where to make it; by default jobs/ in DataPy's own repository, else a folder of the job's name",
  context: "Context file whose settings the new job begins with, such as how your Kafka is reached",
  framework:
    "Where the project imports DataPy from: a path, a URL of mod.ts, or a package; by default from where this runs",

  askName: "Name of the job: ",
  askPattern: `Pattern:\n${patterns}\n`,
  askWhich: `Which (${PATTERN_NAMES[0]}): `,
  askDatabase: (usual: string) => `Database (${usual}): `,
  badName: (name: string, problem: string) => `Cannot name a job "${name}": ${problem}`,
  badPattern: (pattern: string) => `There is no pattern "${pattern}": expected ${PATTERN_NAMES.join(", ")}`,
  badDatabase: (url: string) =>
    `Cannot use "${maskSecrets(url)}" as a database: expected duckdb:PATH or postgres://USER@HOST:PORT/NAME`,
  password: (variable: string) =>
    "A password does not belong into a context file: leave it out, and give the whole URL when the job runs, in " +
    `${variable}, or in a mounted file that ${variable}_FILE names`,
  noDatabase: (pattern: string) => `A job of pattern ${pattern} writes to no database: leave --database out`,
  missing: (what: readonly string[]) =>
    `Cannot make a job: ${what.join(" and ")} ${what.length === 1 ? "is" : "are"} missing, ` +
    "and there is no terminal to ask at",
  cancelled: "Nothing was made",
  present: (paths: readonly string[]) =>
    `Cannot make a job: nothing is overwritten, and ${
      paths.length === 1 ? "this is" : "these are"
    } there already:\n` +
    `${paths.map((path) => `  ${path}`).join("\n")}\nNothing was written.`,
  noFramework: (path: string) =>
    `Cannot import DataPy from ${path}: there is no such file; --framework takes a path, a URL or a package`,
  noTemplate: (url: string) => `Cannot read the template ${url}`,
  next: (commands: readonly string[]) => `Next:\n${commands.map((command) => `  ${command}`).join("\n")}`,
} as const;
