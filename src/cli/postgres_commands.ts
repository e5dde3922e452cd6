import { buildCommand, buildRouteMap } from "../deps/stricli.ts";
import type {
  DownResult,
  Postgres,
  PostgresPlace,
  PostgresStatus,
  StartOptions,
} from "../dev/postgres/mod.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith } from "./context.ts";
import { terminalReport } from "./report.ts";
import { example, NAME } from "./text.ts";
import { postgresText } from "./text/postgres.ts";

/** The library behind `postgres`. */
export interface PostgresLibrary {
  start(options: StartOptions): Promise<Postgres>;
  stop(place: PostgresPlace): Promise<DownResult>;
  status(place: PostgresPlace): Promise<PostgresStatus>;
}

async function up(this: CliContext): Promise<void> {
  const report = terminalReport(this.machine);
  const begin = this.clock.now();
  const { engine, url, fresh } = await this.postgres.start({ report });
  if (engine === "external") report.line(postgresText.external);
  else {
    report.line(fresh ? postgresText.started(this.clock.now() - begin) : postgresText.wasUp);
    report.line(postgresText.forJobs(url));
  }
  this.machine.writeOut(`${url}\n`);
}

async function status(this: CliContext): Promise<void> {
  const found = await this.postgres.status({});
  const words = postgresText.statusOf(found, this.clock.wallTime());
  if (found.kind === "down" || !found.answers) return endWith(this, EXIT_CODES.failed, words);
  this.machine.writeError(`${words}\n`);
  this.machine.writeOut(`${found.kind === "up" ? found.state.url : found.url}\n`);
}

async function down(this: CliContext): Promise<void> {
  const report = terminalReport(this.machine);
  report.line(postgresText.downOf[await this.postgres.stop({ report })]);
}

function docsOf(command: "up" | "status" | "down") {
  const brief = postgresText[command];
  return { brief, fullDescription: example(`${brief}.`, `${NAME} postgres ${command}`) };
}

/** `datapy postgres up | status | down` */
export const postgres = buildRouteMap({
  routes: {
    up: buildCommand({ func: up, parameters: {}, docs: docsOf("up") }),
    status: buildCommand({ func: status, parameters: {}, docs: docsOf("status") }),
    down: buildCommand({ func: down, parameters: {}, docs: docsOf("down") }),
  },
  docs: { brief: postgresText.brief, fullDescription: postgresText.full },
});
