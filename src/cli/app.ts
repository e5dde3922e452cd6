import { buildCommand, buildRouteMap } from "../deps/stricli.ts";
import { runRoutes } from "./application.ts";
import { build } from "./build_command.ts";
import { check } from "./check_command.ts";
import { completions } from "./completions_command.ts";
import type { CliContext } from "./context.ts";
import { dlq } from "./dlq_commands.ts";
import { jobs } from "./jobs_command.ts";
import { down, parseBrokers, status, up } from "./kafka_commands.ts";
import { lag } from "./lag_command.ts";
import { mods } from "./mods_commands.ts";
import { newCommand } from "./new_command.ts";
import { offsets } from "./offsets_commands.ts";
import { peek } from "./peek_command.ts";
import { postgres } from "./postgres_commands.ts";
import { produce } from "./produce_command.ts";
import { runCommand } from "./run_command.ts";
import { sleep } from "./sleep_command.ts";
import { briefs } from "./text.ts";

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

const routes = buildRouteMap({
  routes: {
    new: newCommand,
    run: runCommand,
    jobs,
    check,
    build,
    peek,
    produce,
    lag,
    offsets,
    dlq,
    kafka,
    postgres,
    mods,
    sleep,
    completions,
  },
  docs: { brief: briefs.app },
});

/** Runs one command line; gives its exit code. */
export const runApp = (args: readonly string[], context: CliContext): Promise<number> =>
  runRoutes(routes, args, context);
