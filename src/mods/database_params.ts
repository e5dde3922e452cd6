import { secretParam } from "../core/params.ts";
import type { Secret } from "../core/secret.ts";
import { type DatabaseOptions, TLS_MODES } from "../database/database.ts";
import { z } from "../deps/zod.ts";

const SERVER = "Only for a server such as PostgreSQL.";

/** A text of a setting that has one in some contexts only: an empty one is none. */
const path = (description: string) => z.string().optional().meta({ description, advanced: true });

/** What the mods that work on a database take: where it is, and how it is talked to. */
export const databaseParams = {
  url: z.string().min(1).meta({
    description:
      "The database: duckdb:path/to/file.duckdb, duckdb::memory: or postgres://user@host:5432/database. " +
      "Jobs write ${database.url}.",
  }),
  password: secretParam(`In place of one in the url; empty is none. ${SERVER}`),
  pool_size: z.int().min(1).max(1000).optional().meta({
    description: `Connections that this job opens at most; 4 by default. ${SERVER}`,
    advanced: true,
  }),
  statement_timeout_s: z.number().positive().max(86_400).optional().meta({
    description:
      `Seconds after which the server gives a statement up, which counts as an outage; 60 by default. ${SERVER}`,
    advanced: true,
  }),
  connect_timeout_s: z.number().positive().max(3600).optional().meta({
    description: `Seconds that connecting may take; 10 by default. ${SERVER}`,
    advanced: true,
  }),
  ssl_mode: z.enum(TLS_MODES).optional().meta({
    description:
      "Whether TLS is used, and what is verified: as sslmode in libpq, which the url may have too. " +
      `By default verify-full where ssl_ca_location is given. ${SERVER}`,
  }),
  ssl_ca_location: path(`PEM file of the certificate authorities that are trusted. ${SERVER}`),
  ssl_cert_location: path(`PEM file of the client's certificate. ${SERVER}`),
  ssl_key_location: path(`PEM file of the key of ssl_cert_location. ${SERVER}`),
  signal: z.custom<AbortSignal>((value) => value instanceof AbortSignal, {
    error: "expected an AbortSignal, such as the one of a message_processor",
  }).optional().meta({
    description:
      "Gives the work up when it fires: nothing is written then, and the error counts as an outage. A " +
      "message_processor hands on the signal that it was given.",
  }),
};

/** What of it says how the database is opened. */
export interface DatabaseParams {
  readonly url: string;
  readonly password?: Secret | undefined;
  readonly pool_size?: number | undefined;
  readonly statement_timeout_s?: number | undefined;
  readonly connect_timeout_s?: number | undefined;
  readonly ssl_mode?: typeof TLS_MODES[number] | undefined;
  readonly ssl_ca_location?: string | undefined;
  readonly ssl_cert_location?: string | undefined;
  readonly ssl_key_location?: string | undefined;
}

/** The options to open the database with. */
export function databaseOptions(params: DatabaseParams): DatabaseOptions {
  return {
    password: params.password?.reveal() === "" ? undefined : params.password,
    poolSize: params.pool_size,
    statementTimeoutS: params.statement_timeout_s,
    connectTimeoutS: params.connect_timeout_s,
    tlsMode: params.ssl_mode,
    tlsCa: given(params.ssl_ca_location),
    tlsCertificate: given(params.ssl_cert_location),
    tlsKey: given(params.ssl_key_location),
  };
}

const given = (text: string | undefined) => text === "" ? undefined : text;
