/**
 * A PostgreSQL for development: the server that is installed, a container, or npm's programs. `startPostgres` is what the
 * command line uses.
 */
import { silentReport } from "../shared/report.ts";
import { systemTools, type Tools } from "../shared/tools.ts";
import type { DownResult, Place } from "../shared/up.ts";
import { startContainerServer } from "./container.ts";
import { onFirstThatWorks } from "./engines.ts";
import { externalPostgres, untilExternalAnswers } from "./external.ts";
import { startLocalServer } from "./local_server.ts";
import { answerOf } from "./ready.ts";
import type { Engine, Server, ServerOptions } from "./server.ts";
import { conditionOf, type PostgresState, readState } from "./state.ts";
import { down, up } from "./up.ts";

export type { Engine, Server, ServerOptions } from "./server.ts";
export type { PostgresState } from "./state.ts";
export type { DownResult, Place as PostgresPlace } from "../shared/up.ts";

/** How to start a PostgreSQL for development. */
export interface StartOptions extends Place, ServerOptions {
  /**
   * True: it belongs to this process and is gone with it, even by SIGKILL. False (the default): it stays until
   * {@link stopPostgres}, and one that runs already is used.
   */
  readonly ephemeral?: boolean;
  /** Default: DATAPY_POSTGRES_ENGINE, or else what starts soonest on this machine. */
  readonly engine?: Engine;
}

/** A PostgreSQL that runs. Disposing of it ends an ephemeral one, and leaves every other alone. */
export interface Postgres extends AsyncDisposable {
  /** `external`: DATAPY_POSTGRES names it. */
  readonly engine: Engine | "external";
  /** With its password. */
  readonly url: string;
  /** Whether it was started now. */
  readonly fresh: boolean;
}

const stays = { [Symbol.asyncDispose]: () => Promise.resolve() };

/**
 * Starts a PostgreSQL, and resolves when it answers. Rejects with a `ConfigurationError` where nothing here can run one (it
 * says what to install), with an `UnavailableError` where it does not start (with the end of its log).
 */
export async function startPostgres(options: StartOptions = {}): Promise<Postgres> {
  const tools = systemTools(options.folder, options.report ?? silentReport);
  const external = externalPostgres(tools);
  if (external !== undefined) {
    await untilExternalAnswers(tools, external);
    return { engine: "external", url: external.url, fresh: false, ...stays };
  }
  if (options.ephemeral !== true) {
    const { state, fresh } = await up(tools, options, options.engine);
    return { engine: state.engine, url: state.url, fresh, ...stays };
  }
  const server = await onFirstThatWorks<Server>(tools, options.engine, {
    local: (account, programs) => startLocalServer(tools, account, programs, options),
    container: (address) => startContainerServer(tools, address, options),
  });
  return {
    engine: server.engine,
    url: server.url,
    fresh: true,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Ends the PostgreSQL that stays, and removes its data. */
export function stopPostgres(place: Place = {}): Promise<DownResult> {
  return down(systemTools(place.folder, place.report));
}

/** How the PostgreSQL of `up`, or the one that DATAPY_POSTGRES names, is doing. */
export type PostgresStatus =
  | { readonly kind: "external"; readonly address: string; readonly url: string; readonly answers: boolean }
  | { readonly kind: "up"; readonly state: PostgresState; readonly answers: boolean }
  | { readonly kind: "down" };

/** How the PostgreSQL that stays is doing. Looks, and changes nothing. */
export function postgresStatus(place: Place = {}): Promise<PostgresStatus> {
  return statusOf(systemTools(place.folder, place.report));
}

/** The same, with tools of one's own. */
export async function statusOf(tools: Tools): Promise<PostgresStatus> {
  const external = externalPostgres(tools);
  if (external !== undefined) {
    const { url, host, port } = external;
    const answers = await answerOf(tools.ports, host, port) === "ready";
    return { kind: "external", address: `${host}:${port}`, url, answers };
  }
  const state = await readState(tools);
  if (state === undefined) return { kind: "down" };
  const condition = await conditionOf(tools, state);
  if (condition === "gone" || condition === "stopped") return { kind: "down" };
  return { kind: "up", state, answers: condition === "answers" };
}
