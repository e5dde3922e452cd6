import { buildRouteMap } from "../../deps/stricli.ts";
import { EXIT_CODES } from "../../job/exit_codes.ts";
import { runRoutes } from "../application.ts";
import { completions } from "../completions_command.ts";
import { type CliContext, endWith } from "../context.ts";
import { dlq } from "../dlq_commands.ts";
import { jobs } from "../jobs_command.ts";
import { lag } from "../lag_command.ts";
import { mods } from "../mods_commands.ts";
import { offsets } from "../offsets_commands.ts";
import { peek } from "../peek_command.ts";
import { produce } from "../produce_command.ts";
import { runCommand } from "../run_command.ts";
import { sleep } from "../sleep_command.ts";
import { briefs } from "../text.ts";
import { programText } from "../text/program.ts";

/** The commands of a program: those that run jobs, and those that look at what they left in Kafka. */
const routes = buildRouteMap({
  routes: { run: runCommand, jobs, peek, produce, lag, offsets, dlq, mods, sleep, completions },
  docs: { brief: briefs.app },
});

/** Commands that write, check or compile sources, or start servers: they need Deno and a checkout or a project. */
const LEFT_OUT = new Set(["new", "check", "build", "kafka", "postgres"]);

/** Runs one command line of a program; gives its exit code. */
export async function runProgramRoutes(args: readonly string[], context: CliContext): Promise<number> {
  const [first = ""] = args;
  if (!LEFT_OUT.has(first)) return await runRoutes(routes, args, context);
  endWith(context, EXIT_CODES.usage, programText.leftOut(first));
  return EXIT_CODES.usage;
}
