import { ConfigurationError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { Secret } from "../../core/secret.ts";
import { type DatabaseOptions, TLS_MODES, type TlsMode } from "../database.ts";

/** Where a PostgreSQL is and how it is talked to: what url and options say, and the defaults. */
export interface Location {
  /** For people: `postgres://user@host:5432/database`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: Secret | undefined;
  readonly applicationName: string;
  readonly tlsMode: TlsMode;
  /** PEM files. */
  readonly tlsCa: string | undefined;
  readonly tlsCertificate: string | undefined;
  readonly tlsKey: string | undefined;
  readonly poolSize: number;
  /** In seconds; 0 is without end. */
  readonly statementTimeoutS: number;
  /** In seconds. */
  readonly connectTimeoutS: number;
}

const EXPECTED =
  "expected postgres://user@host:5432/database, with a password after the user (user:password@) or in the parameter " +
  "password; /, @, :, ?, # and % in them are written %2F, %40, %3A, %3F, %23 and %25";

/** What may stand behind the `?`; names and meaning are libpq's. */
const PARAMETERS = [
  "sslmode",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "application_name",
  "connect_timeout",
] as const;

/** Reads a url with its options, which win. Throws a `ConfigurationError` that holds nothing of what may be a password. */
export function readLocation(url: string, options: DatabaseOptions = {}): Location {
  const problem = (why: string) =>
    new ConfigurationError(`Cannot open the database: its url ${why}; ${EXPECTED}`);
  const match =
    /^postgres(?:ql)?:\/\/(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#@:]*)(?::([^/?#@]*))?(?:\/([^?#]*))?(?:\?([^#]*))?$/
      .exec(url);
  if (match === null) throw problem("cannot be read");
  const [, login = "", hostText = "", portText = "", path = "", query = ""] = match;
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      throw problem("holds a % that two hexadecimal digits should follow");
    }
  };
  const colon = login.indexOf(":");
  const user = decode(colon < 0 ? login : login.slice(0, colon));
  const password = colon < 0 ? undefined : new Secret(decode(login.slice(colon + 1)));
  const host = decode(hostText.replace(/^\[|\]$/g, ""));
  const database = decode(path);
  const port = portText === "" ? 5432 : Number(portText);
  if (host.includes(",")) throw problem("names several hosts, and one is supported");
  if (host === "" || host.startsWith("/")) throw problem("names no host");
  if (user === "") throw problem("names no user");
  if (database === "") throw problem("names no database");
  if (!/^\d*$/.test(portText) || port < 1 || port > 65535) {
    throw problem("has a port that is not one of 1 to 65535");
  }
  for (const text of [user, host, database]) {
    if (text.includes("\0")) throw problem("holds a NUL character");
  }
  const parameters = readParameters(query, decode);
  const name = `postgres://${encodeURIComponent(user)}@${host.includes(":") ? `[${host}]` : host}:${port}/${
    encodeURIComponent(database)
  }`;
  const tlsCa = options.tlsCa ?? parameters.sslrootcert;
  const tlsCertificate = options.tlsCertificate ?? parameters.sslcert;
  const tlsKey = options.tlsKey ?? parameters.sslkey;
  if ((tlsCertificate === undefined) !== (tlsKey === undefined)) {
    throw new ConfigurationError(
      `Cannot connect to ${name}: a client's certificate needs its key, and the key its certificate`,
    );
  }
  const named = options.tlsMode ?? readMode(parameters.sslmode, name);
  return {
    name,
    host,
    port,
    user,
    database,
    password: options.password ?? password,
    applicationName: parameters.application_name ?? "datapy",
    tlsMode: modeOf(named, tlsCa, tlsCertificate, host),
    tlsCa,
    tlsCertificate,
    tlsKey,
    poolSize: options.poolSize ?? 4,
    statementTimeoutS: options.statementTimeoutS ?? 60,
    connectTimeoutS: options.connectTimeoutS ?? seconds(parameters.connect_timeout, name) ?? 10,
  };
}

function readParameters(
  query: string,
  decode: (text: string) => string,
): Partial<Record<typeof PARAMETERS[number], string>> {
  const pairs = query.split("&").filter((pair) => pair !== "").map((pair): [string, string] => {
    const equals = pair.indexOf("=");
    return equals < 0 ? [decode(pair), ""] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
  });
  for (const [name] of pairs) {
    if (PARAMETERS.some((known) => known === name)) continue;
    throw new ConfigurationError(
      `Cannot open the database: its url has an unknown parameter ${JSON.stringify(name)}` +
        `${didYouMean(name, PARAMETERS)}; known are ${PARAMETERS.join(", ")}`,
    );
  }
  return Object.fromEntries(pairs);
}

function readMode(text: string | undefined, name: string): TlsMode | undefined {
  if (text === undefined) return undefined;
  const mode = TLS_MODES.find((one) => one === text);
  if (mode !== undefined) return mode;
  const why = text === "allow" || text === "prefer"
    ? `sslmode=${text} is not supported: it goes on without TLS where somebody in between asks for it; choose one of `
    : "sslmode must be one of ";
  throw new ConfigurationError(`Cannot connect to ${name}: ${why}${TLS_MODES.join(", ")}`);
}

/**
 * Without a mode: off to this machine itself, where nobody is in between, and `verify-full` to every other, or where a
 * certificate is named. `require` with an authority is `verify-ca`, as in libpq.
 */
function modeOf(
  named: TlsMode | undefined,
  ca: string | undefined,
  certificate: string | undefined,
  host: string,
): TlsMode {
  if (named === "require" && ca !== undefined) return "verify-ca";
  if (named !== undefined) return named;
  const isHere = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);
  return isHere && ca === undefined && certificate === undefined ? "disable" : "verify-full";
}

function seconds(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw new ConfigurationError(`Cannot connect to ${name}: connect_timeout must be a number of seconds`);
}
