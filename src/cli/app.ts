import {
  type Application,
  buildApplication,
  buildCommand,
  buildRouteMap,
  proposeCompletions,
  run,
} from "../deps/stricli.ts";
import config from "../../deno.json" with { type: "json" };
import { EXIT_CODES, exitCodeOf } from "../job/exit_codes.ts";
import { check } from "./check_command.ts";
import { COMPLETE } from "./completion_scripts.ts";
import { commandNamed } from "./command_named.ts";
import { completions } from "./completions_command.ts";
import type { CliContext } from "./context.ts";
import { dlq } from "./dlq_commands.ts";
import { exitCodeFor } from "./exit_code.ts";
import { asHelp } from "./help.ts";
import { jobFiles } from "./job_files.ts";
import { down, parseBrokers, status, up } from "./kafka_commands.ts";
import { mods } from "./mods_commands.ts";
import { newCommand } from "./new_command.ts";
import { offsets } from "./offsets_commands.ts";
import { peek } from "./peek_command.ts";
import { postgres } from "./postgres_commands.ts";
import { produce } from "./produce_command.ts";
import { run as runJob } from "./run_command.ts";
import { briefs, NAME, stricliText, withHelpOf } from "./text.ts";

const kafka = buildRouteMap({
  routes: {
    up: buildCommand({
      func: up,
      parameters: {
        flags: {
          brokers: {
            kind: "parsed",
            parse: parseBrokers,
            optional: true,
            brief: briefs.kafkaBrokers,
            placeholder: "N",
          },
        },
      },
      docs: { brief: briefs.kafkaUp, fullDescription: briefs.kafkaUpFull },
    }),
    status: buildCommand({
      func: status,
      parameters: {},
      docs: { brief: briefs.kafkaStatus, fullDescription: briefs.kafkaStatusFull },
    }),
    down: buildCommand({
      func: down,
      parameters: {},
      docs: { brief: briefs.kafkaDown, fullDescription: briefs.kafkaDownFull },
    }),
  },
  docs: { brief: briefs.kafka, fullDescription: briefs.kafkaFull },
});

const runCommand = buildCommand({
  func: runJob,
  parameters: {
    flags: {
      context: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: briefs.runContext,
        placeholder: "FILE",
      },
    },
    positional: {
      kind: "array",
      parameter: { brief: briefs.runJob, parse: String, placeholder: "JOB", proposeCompletions: jobFiles },
      minimum: 1,
    },
  },
  docs: {
    brief: briefs.run,
    fullDescription: briefs.runFull,
    customUsage: ["JOB", { input: "JOB WORD... -- --WORD...", brief: briefs.runUsage }],
  },
});

const routes = buildRouteMap({
  routes: {
    new: newCommand,
    run: runCommand,
    check,
    peek,
    produce,
    offsets,
    dlq,
    kafka,
    postgres,
    mods,
    completions,
  },
  docs: { brief: briefs.app },
});

const app: Application<CliContext> = buildApplication(
  routes,
  {
    name: NAME,
    versionInfo: { currentVersion: config.version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { useAliasInUsageLine: false },
    localization: { text: stricliText },
    determineExitCode: exitCodeOf,
  },
);

/** Runs one command line; gives its exit code. */
export async function runApp(args: readonly string[], context: CliContext): Promise<number> {
  const [first, ...words] = args;
  if (first === COMPLETE) return await complete(words, context);
  const { stdout, stderr } = context.process;
  const command = commandNamed(args, routes);
  const process = {
    ...context.process,
    stdout: rewriting(stdout, asHelp),
    stderr: rewriting(stderr, (text) => withHelpOf(command, text)),
  };
  await run(app, args, { ...context, process });
  return exitCodeFor(Number(process.exitCode ?? 0));
}

/** Prints what may come next, for the scripts of `datapy completions`: a word, a tab, what it is for. */
async function complete(words: readonly string[], context: CliContext): Promise<number> {
  for (const { completion, brief } of await proposeCompletions(app, words, context)) {
    if (completion === "--") continue; // it completes nothing
    context.machine.writeOut(`${completion}\t${brief}\n`);
  }
  return EXIT_CODES.stopped;
}

type Stream = CliContext["process"]["stdout"];

/** Only help, the version and words about a wrong command line are written by stricli; commands write to the machine. */
function rewriting(stream: Stream, rewritten: (text: string) => string): Stream {
  return { ...stream, write: (text: string) => stream.write(rewritten(text)) };
}
