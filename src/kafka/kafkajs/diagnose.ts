import { isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import { ConfigurationError } from "../../core/errors.ts";
import { silentLogger } from "../../core/logger.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { ConnectionConfig, SecurityProtocol } from "../connection.ts";
import { createCluster } from "./cluster.ts";
import { cutOff } from "./cut_off.ts";
import { factsOf } from "./error_facts.ts";
import { rawRequest } from "./raw_request.ts";

/** What a port turned out to speak. */
interface PortKind {
  readonly protocol: SecurityProtocol;
  /** The mechanisms that it offers, where it wants a login. */
  readonly mechanisms: readonly string[];
}

const CUT_OFF_MS = 200;
const NOT_SASL = 34; // ILLEGAL_SASL_STATE: a handshake where no login is expected

/**
 * A more certain explanation of why a connection failed, or the failure itself. A broker that expects TLS or a login
 * just closes a connection without, which says nothing by itself: so this asks the port what it speaks, without any
 * login, and reads the certificate that it shows.
 *
 * @param connection One broker, the one that failed.
 */
export async function diagnose(connection: ConnectionConfig, failure: Error, clock: Clock): Promise<Error> {
  try {
    if (/certificate/.test(failure.message)) return await readCertificate(connection, failure, clock);
    if (!/closed the connection|not TLS|expect a login|SASL mechanism|no answer/.test(failure.message)) {
      return failure;
    }
    return compare(connection, await portKind(connection, clock), failure);
  } catch {
    return failure; // what cannot be found out explains nothing
  }
}

function compare(connection: ConnectionConfig, port: PortKind | undefined, failure: Error): Error {
  const [broker] = connection.brokers;
  if (port === undefined) return failure;
  const offers = port.mechanisms.join(", ");
  if (port.protocol !== connection.securityProtocol) {
    const with_ = offers === "" ? "" : ` (sasl_mechanism ${offers})`;
    return new ConfigurationError(
      `Cannot connect to broker ${broker} by ${connection.securityProtocol}: its port speaks ${port.protocol}` +
        `${with_}; set security_protocol to ${port.protocol}, or use the port of another listener`,
      { cause: failure.cause },
    );
  }
  const { sasl } = connection;
  if (sasl === undefined || port.mechanisms.includes(sasl.mechanism)) return failure;
  return new ConfigurationError(
    `Cannot log in to broker ${broker} by ${sasl.mechanism}: it offers ${
      offers || "no mechanism"
    }; set sasl_mechanism`,
    { cause: failure.cause },
  );
}

async function portKind(connection: ConnectionConfig, clock: Clock): Promise<PortKind | undefined> {
  for (const tls of [false, true]) {
    try {
      const mechanisms = await saslMechanisms(connection, tls, clock);
      const protocol = `${mechanisms === undefined ? "" : "SASL_"}${tls ? "SSL" : "PLAINTEXT"}` as const;
      return { protocol, mechanisms: mechanisms ?? [] };
    } catch (error) {
      // TLS that wants to see a client certificate first is TLS all the same
      if (tls && /certificate/i.test(factsOf(error).text)) return { protocol: "SSL", mechanisms: [] };
    }
  }
  return undefined;
}

/** The mechanisms that a port offers; undefined where it wants no login. Rejects where it does not speak that way. */
async function saslMechanisms(
  connection: ConnectionConfig,
  tls: boolean,
  clock: Clock,
): Promise<readonly string[] | undefined> {
  // with the client's own certificate only where the broker's is verified too
  const own = tls ? connection.tls : undefined;
  const bare = { ...connection, sasl: undefined, tls: own };
  const unverifiedTls = tls && own === undefined;
  const cluster = createCluster(bare, { log: silentLogger, unverifiedTls });
  try {
    await cluster.connect();
    const seed = cluster.brokerPool.seedBroker!;
    const answer = await rawRequest<{ errorCode: number; enabledMechanisms: string[] }>(
      seed,
      "SaslHandshake",
      { mechanism: "NONE" },
    );
    return answer.errorCode === NOT_SASL ? undefined : answer.enabledMechanisms;
  } finally {
    await cutOff(cluster, clock, CUT_OFF_MS);
  }
}

/** Deno does not tell an expired certificate from one of an unknown authority: its dates do. */
async function readCertificate(connection: ConnectionConfig, failure: Error, clock: Clock): Promise<Error> {
  const [broker = ""] = connection.brokers;
  const [host = "", port = ""] = broker.split(":");
  const found = Promise.withResolvers<{ valid_to?: string } | undefined>();
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ host, port: Number(port), ...name, rejectUnauthorized: false }, () => {
    found.resolve(socket.getPeerCertificate());
  });
  socket.on("error", () => found.resolve(undefined));
  try {
    const validTo = Date.parse((await found.promise)?.valid_to ?? "");
    if (Number.isNaN(validTo) || validTo > clock.wallTime()) return failure;
    return new ConfigurationError(
      `Cannot connect to broker ${broker}: its certificate expired on ${new Date(validTo).toISOString()}` +
        " (ask who runs the broker for a new one)",
      { cause: failure.cause },
    );
  } finally {
    socket.destroy();
  }
}
