import type { EventEmitter } from "node:events";
import { importPg } from "../../deps/pg.ts";
import { connectError } from "./connect_error.ts";
import type { Location } from "./location.ts";
import type { TlsOptions } from "./tls.ts";

// The part of node-postgres (npm:pg) that is used, by the types that its documentation and source give it.

/** A column of a result. */
export interface PgField {
  readonly name: string;
  /** Object id of its type. */
  readonly dataTypeID: number;
}

/** What a statement gave. */
export interface PgResult {
  /** The command that it was: `INSERT`, `COMMIT`. */
  readonly command: string | null;
  /** Rows that it changed or gave. */
  readonly rowCount: number | null;
  readonly rows: readonly (readonly unknown[])[];
  readonly fields: readonly PgField[];
}

/** A statement on its way: emits `row`, `error` and `end`. */
export interface PgQuery extends EventEmitter {
  readonly text: string;
}

/** The socket below a connection, TLS or not. */
export interface PgStream extends EventEmitter {
  destroy(): void;
  ref?(): void;
  unref?(): void;
}

/** The protocol without the care of a client. */
export interface PgConnection extends EventEmitter {
  readonly stream: PgStream;
  connect(port: number, host: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: unknown): void;
}

/** One session; it does not come back once its connection is lost. */
export interface PgClient extends EventEmitter {
  readonly connection: PgConnection;
  readonly processID: number | null;
  readonly secretKey: unknown;
  connect(): Promise<unknown>;
  query(query: PgQuery): PgQuery;
  end(): Promise<void>;
}

/** How a statement is sent. */
export interface PgQueryConfig {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly rowMode: "array";
  readonly types: { getTypeParser(oid: number): (text: string) => unknown };
}

/** The library. */
export interface Pg {
  readonly Client: new (config: Readonly<Record<string, unknown>>) => PgClient;
  readonly Query: new (config: PgQueryConfig) => PgQuery;
  readonly Connection: new (config: Readonly<Record<string, unknown>>) => PgConnection;
}

/** Loads the library. */
export async function loadPg(): Promise<Pg> {
  return (await importPg() as { readonly default: Pg }).default;
}

/** A session that is not connected yet. Throws a `ConfigurationError` where Deno lets it not read the environment. */
export function newClient(pg: Pg, location: Location, ssl: TlsOptions): PgClient {
  const { host, port, user, database, password, applicationName } = location;
  try {
    return new pg.Client({
      host,
      port,
      user,
      database,
      // a function, so that neither PGPASSWORD nor a file takes its place
      password: () => password?.reveal(),
      ssl,
      application_name: applicationName,
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    });
  } catch (error) {
    throw connectError(error, location);
  }
}
