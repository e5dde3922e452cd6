const list = (words: readonly string[]) => words.join(", ");
const count = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;

/** Words of `datapy check`. */
export const checkText = {
  brief: "Check a job before it runs",
  full: [
    "Checks the job's types, the ${...} references in it, the parameters of its mods, the connection to Kafka, that its " +
    "topics exist, whether its group is free, and that its databases can be reached. Nothing is changed: main runs with " +
    "stand-ins for its mods, in a process that may only read, up to its consumer. Parameters of mods that are called for " +
    "each message are checked as far as their references go.",
    "",
    "Examples:",
    "  datapy check jobs/orders.ts",
    "  datapy check jobs/orders.ts --context production.json --offline --json",
  ].join("\n"),
  job: "The job file, such as jobs/orders.ts",
  context: "Context file to check the job with, in place of its own",
  offline: "Leave out what needs the network",
  notThere: (path: string, hint: string) => `Cannot check ${path}: there is no such file${hint}`,
  progress: (what: string) => `Checking ${what}`,
  types: {
    ok: (job: string) => `${job} is free of type errors`,
    wrong: (errors: string) => `deno check finds:\n${errors}`,
    more: (lines: number) => `and ${count(lines, "line")} more`,
    late: (seconds: number) => `deno check did not end within ${seconds} s`,
  },
  plan: {
    complete: (mods: readonly string[]) =>
      mods.length === 0 ? "main ends without a mod" : `main runs ${list(mods)}`,
    refused: "main stops at a mod that refuses what it is given",
    unknown: (why: string) => `main cannot be followed up to its consumer without doing what it does: ${why}`,
    late: (seconds: number) =>
      `main has not reached a consumer within ${seconds} s: it waits for something that was not done while checking`,
  },
  context_: {
    ok: (references: number) => `${count(references, "reference")} can be filled in`,
    none: "there are no ${...} references",
    wrong: (reference: string, why: string) => `${reference}: ${why}`,
  },
  parameters: {
    ok: (mods: readonly string[]) =>
      `${list(mods)} ${mods.length === 1 ? "takes its" : "take their"} parameters`,
    none: "no mod is called before main ends",
  },
  connection: {
    ok: (brokers: string, protocol: string) => `${brokers} answers by ${protocol}`,
    none: "the job connects to no Kafka",
    offline: "not looked at: --offline",
    unconnected: "not looked at: there is no connection",
  },
  topics: {
    ok: (topics: readonly string[]) => `${list(topics)} ${topics.length === 1 ? "exists" : "exist"}`,
    none: "the job names no topic",
    wrong: (topic: string, hint: string) =>
      `topic "${topic}" does not exist${hint}: create it, or correct its name`,
  },
  group: {
    free: (group: string) => `group ${group} is free`,
    busy: (group: string, members: readonly string[]) =>
      `group ${group} has ${count(members.length, "member")} (${
        list(members)
      }): this job would share its partitions ` +
      "with them; stop them first if that is not meant",
    none: "the job consumes nothing",
  },
  database: {
    ok: (url: string) => `${url} can be opened`,
    none: "the job names no database",
    offline: (url: string) => `${url} was not looked at: --offline`,
  },
  done: (wrong: number, unreachable: number) =>
    wrong + unreachable === 0 ? "Nothing to mend was found" : [
      ...(wrong > 0 ? [`${count(wrong, "thing")} to mend`] : []),
      ...(unreachable > 0 ? [`${count(unreachable, "thing")} out of reach`] : []),
    ].join(", "),
} as const;
