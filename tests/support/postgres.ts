/** PostgreSQL servers for tests, of the same making as `deno task postgres`: installed programs, or else npm's. */
import { Connection } from "../../src/database/postgres/connection.ts";
import { readLocation } from "../../src/database/postgres/location.ts";
import { startServer } from "../../src/dev/postgres/start.ts";
import type { Server, ServerOptions } from "../../src/dev/postgres/server.ts";
import { systemTools } from "../../src/dev/shared/tools.ts";
import { BROKER_FOLDER } from "./broker.ts";

/** The programs that DATAPY_TEST_POSTGRES asks for: `installed` or `npm`; otherwise the installed ones, where there are any. */
const programs = Deno.env.get("DATAPY_TEST_POSTGRES") as "installed" | "npm" | undefined;

/**
 * A server for one test, which may stop, crash and restart it. It is gone when it is disposed, and when this process is.
 * In 0.3 s.
 */
export function dedicatedPostgres(options: ServerOptions = {}): Promise<Server> {
  return startServer(systemTools(BROKER_FOLDER), options, programs);
}

let own: Promise<Server> | undefined;

/**
 * The url of the server that the tests of one file share: the one that DATAPY_POSTGRES names, or else one of this file's
 * own, which is gone when `deno test` is. Call it at the top of a file, not in a test: what a test starts it has to end.
 */
export async function sharedPostgres(): Promise<string> {
  const named = Deno.env.get("DATAPY_POSTGRES");
  if (named) return named;
  own ??= dedicatedPostgres();
  return (await own).url;
}

/** A database of its own on a server, for one test; it is dropped at the end. */
export async function freshDatabase(server: string): Promise<{ url: string } & AsyncDisposable> {
  const name = `test_${crypto.randomUUID().slice(0, 13).replaceAll("-", "_")}`;
  const [[version]] = await onServer(server, "SHOW server_version_num") as [[string]];
  await onServer(server, `CREATE DATABASE ${name}${Number(version) >= 150_000 ? " STRATEGY file_copy" : ""}`); // in half the time
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async [Symbol.asyncDispose]() {
      await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Runs a statement on a connection of its own; gives its rows, as texts. */
export async function onServer(url: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await Connection.open(readLocation(url));
  try {
    return (await connection.run(sql)).rows;
  } finally {
    await connection.close();
  }
}
