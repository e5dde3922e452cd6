/** The command line: `deno task datapy --help`. */
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { kafkaStatus, startKafka, stopKafka } from "../dev/kafka/mod.ts";
import { postgresStatus, startPostgres, stopPostgres } from "../dev/postgres/mod.ts";
import { systemDisk } from "../runtime/disk.ts";
import { thisProcess } from "../runtime/process.ts";
import { runApp } from "./app.ts";
import { systemBuilds } from "./build/library.ts";
import { systemChecks } from "./check/library.ts";
import { PLAN } from "./check/plan_lines.ts";
import type { CliContext } from "./context.ts";
import { jobsIn } from "./job_search.ts";
import { systemNewLibrary } from "./new/library.ts";
import { exitWith, systemContext } from "./system_context.ts";

const context: CliContext = {
  ...systemContext,
  builds: systemBuilds,
  checks: systemChecks,
  projects: systemNewLibrary,
  kafka: { start: startKafka, stop: stopKafka, status: kafkaStatus },
  postgres: { start: startPostgres, stop: stopPostgres, status: postgresStatus },
  jobs: {
    list: async () => [...await jobsIn(".", systemDisk), ...await jobsIn("jobs", systemDisk)],
    kindOf: (path) => systemDisk.kindOf(path),
    neighbours: (path) => systemDisk.list(dirname(path)),
    load: (path) => import(pathToFileURL(resolve(path)).href),
    exitWith,
  },
};

if (import.meta.main) {
  const [first, ...words] = thisProcess.args;
  // no await here for a plan: Deno would not tell that nothing goes on
  if (first === PLAN) {
    import("./check/plan.ts").then(({ plan }) => plan(...words)).then(() => thisProcess.exit(0));
  } else thisProcess.exit(await runApp(thisProcess.args, context));
}
