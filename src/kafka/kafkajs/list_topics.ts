import { ConfigurationError, errorText, UnavailableError } from "../../core/errors.ts";
import { type Logger, silentLogger } from "../../core/logger.ts";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { setting } from "../additional_config.ts";
import type { ConnectionConfig } from "../connection.ts";
import type { TopicMetadata } from "./broker.ts";
import { createCluster } from "./cluster.ts";
import { cutOff } from "./cut_off.ts";
import { diagnose } from "./diagnose.ts";
import { isRetriable, translateError } from "./errors.ts";
import type { Cluster } from "./internals.ts";
import { rawRequest } from "./raw_request.ts";

/** What an answered question for all topics tells; a topic without a leader is in it too. */
interface Metadata {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly TopicMetadata[];
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 1_000;
/**
 * How long a failure is tried again that seldom mends itself, such as a name that cannot be resolved: so long, and a sixth
 * of a long time, since a load balancer whose brokers are all away hangs up as well.
 */
const SHORT_PATIENCE_MS = 5_000;
const SHORT_PATIENCE_SHARE = 1 / 6;
/** A broker that is just starting is usual in development: it is told once it takes long, and then now and again. */
const TELL_AFTER_MS = 2_000;
const TELL_EVERY_MS = 30_000;
/** How long the end of the connections is waited for. */
const CUT_OFF_MS = 500;

/**
 * Names of all topics that the user may see. Asks the bootstrap servers in turn; one that is not there is tried again
 * until `timeoutMs`, while a login that is refused or TLS that does not fit ends it at once.
 *
 * Rejects with a `ConfigurationError` or an `UnavailableError` that says which broker it was, why, and what to do.
 */
export async function listTopics(
  connection: ConnectionConfig,
  timeoutMs: number,
  log: Logger = silentLogger,
  clock: Clock = systemClock,
): Promise<readonly string[]> {
  const began = clock.now();
  const all = connection.brokers.join(",");
  let toldMs = -Infinity;
  for (let attempt = 0;; attempt++) {
    const left = began + timeoutMs - clock.now();
    const broker = connection.brokers[attempt % connection.brokers.length]!;
    const one = { ...connection, brokers: [broker] };
    const bound = Math.min(left, setting(connection.settings, "socket.connection.setup.timeout.ms"));
    const outcome = await attemptWithin(one, bound, log, clock);
    if (!(outcome instanceof Error)) return outcome;
    if (!isRetriable(outcome)) throw outcome;
    const passed = clock.now() - began;
    const everyBrokerAsked = attempt + 1 >= connection.brokers.length;
    const wait = everyBrokerAsked ? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 5)) : 0;
    const patience = everyBrokerAsked ? patienceFor(outcome, timeoutMs) : timeoutMs;
    if (passed + wait >= patience) throw givenUp(all, passed, outcome);
    const tell = passed >= TELL_AFTER_MS && passed - toldMs >= TELL_EVERY_MS;
    if (tell) toldMs = passed;
    log[tell ? "warning" : "debug"](`${errorText(outcome)}; trying again`);
    await clock.sleep(wait);
  }
}

/** How long a failure is tried again, of the time that there is in all. */
export function patienceFor(failure: Error, timeoutMs: number): number {
  if (!seldomMends(failure)) return timeoutMs;
  return Math.min(timeoutMs, Math.max(SHORT_PATIENCE_MS, timeoutMs * SHORT_PATIENCE_SHARE));
}

function seldomMends(failure: Error): boolean {
  return /cannot be resolved|closed the connection|advertised\.listeners/.test(failure.message);
}

function givenUp(all: string, passedMs: number, last: Error): Error {
  const seconds = Math.max(1, Math.round(passedMs / 1000));
  return new UnavailableError(`No connection to ${all} after ${seconds} s`, { cause: last });
}

async function attemptWithin(
  connection: ConnectionConfig,
  boundMs: number,
  log: Logger,
  clock: Clock,
): Promise<readonly string[] | Error> {
  const [broker = ""] = connection.brokers;
  const open: Cluster[] = [];
  const connect = async (to: ConnectionConfig): Promise<Cluster> => {
    const cluster = createCluster(to, { log });
    open.push(cluster);
    await cluster.connect();
    return cluster;
  };
  const late = Promise.withResolvers<Error>();
  let patienceMs = CUT_OFF_MS;
  using _timer = clock.timer(boundMs, () => {
    const seconds = Math.round(boundMs / 100) / 10;
    patienceMs = 0; // what has not answered does not say goodbye either
    late.resolve(
      new UnavailableError(`Cannot list the topics at broker ${broker}: no answer within ${seconds} s`),
    );
  });
  const work = topicsOf(connection, connect);
  try {
    return await Promise.race([work, late.promise]);
  } catch (error) {
    const failure = translateError(error, "list the topics", broker);
    return await Promise.race([diagnose(connection, failure, clock), late.promise.then(() => failure)]);
  } finally {
    work.catch(() => {}); // where it was late: its connections are cut off here
    await Promise.all(open.map((cluster) => cutOff(cluster, clock, patienceMs)));
  }
}

type Connect = (to: ConnectionConfig) => Promise<Cluster>;

async function topicsOf(connection: ConnectionConfig, connect: Connect): Promise<readonly string[]> {
  const { brokerPool } = await connect(connection);
  const request = { topics: [], allowAutoTopicCreation: false };
  const metadata = await rawRequest<Metadata>(brokerPool.seedBroker!, "Metadata", request);
  await checkAdvertised(connection, metadata.brokers.map(({ host, port }) => `${host}:${port}`), connect);
  return metadata.topicMetadata.map(({ topic }) => topic).sort();
}

/**
 * Clients go on with the addresses that the brokers advertise, not with the bootstrap servers. Where those cannot be
 * reached, which is the commonest trap with containers, it is better said here than by the first consumer.
 */
async function checkAdvertised(
  connection: ConnectionConfig,
  advertised: readonly string[],
  connect: Connect,
): Promise<void> {
  if (advertised.length === 0 || advertised.some((address) => connection.brokers.includes(address))) return;
  const reasons: Error[] = [];
  for (const address of advertised.slice(0, 3)) {
    try {
      return void await connect({ ...connection, brokers: [address] });
    } catch (error) {
      reasons.push(translateError(error, "go on", address));
    }
  }
  const [reason] = reasons;
  const Kind = reason instanceof ConfigurationError ? ConfigurationError : UnavailableError;
  throw new Kind(
    `Broker ${connection.brokers[0]} answers, but tells clients to go on with ${
      advertised.join(", ")
    }, and that ` +
      `fails: ${reason?.message} (correct advertised.listeners of the broker)`,
    { cause: reason },
  );
}
