import { ConfigurationError, errorText, PermanentError, UnavailableError } from "../../core/errors.ts";
import { redactSecrets } from "../../core/secret.ts";
import { PartitionsLostError } from "../driver.ts";
import { type ErrorFacts, factsOf } from "./error_facts.ts";
import { explainNetwork } from "./network_errors.ts";
import { type Explanation, type Fault, PROTOCOL_ERRORS } from "./protocol_errors.ts";
import { UNKNOWN_TOPIC } from "./unknown_topic.ts";

const CLASSES: Readonly<Record<Fault, new (message: string, options: ErrorOptions) => Error>> = {
  unavailable: UnavailableError,
  configuration: ConfigurationError,
  permanent: PermanentError,
  lost: PartitionsLostError,
};

/**
 * One of our errors for one of kafkajs, of Node or of a broker: `Cannot <doing>: <why>; <what to do>`, with kafkajs' own
 * as its cause. What nobody knows is unavailable, so that it is tried again and ends the job only when it lasts.
 *
 * @param error What was thrown. One of our own errors is handed back as it is.
 * @param doing What failed, to be put behind "Cannot": `commit offsets of group "orders"`. No payload, no secret.
 * @param broker `host:port` of the broker, where the error itself does not tell.
 */
export function translateError(error: unknown, doing: string, broker?: string): Error {
  if (isOurs(error)) return error;
  const facts = factsOf(error);
  const { fault, why, todo } = explain(error, facts);
  const place = facts.broker ?? broker;
  const at = place === undefined ? "" : ` at broker ${place}`;
  const advice = todo === undefined || todo === "" ? "" : ` (${todo})`;
  const named = facts.topic === undefined || doing.includes(`"${facts.topic}"`);
  const topic = named ? "" : ` (topic "${facts.topic}")`;
  const message = redactSecrets(`Cannot ${doing}${topic}${at}: ${why}${advice}`);
  return new CLASSES[fault](message, { cause: error });
}

/**
 * An error as it is, but "no such topic" as unavailable: for a topic that was there before. A broker that has just started
 * does not know its topics yet, so that its answer proves nothing.
 */
export function notThereNow(error: unknown, what: string): unknown {
  if (isOurs(error) || factsOf(error).type !== UNKNOWN_TOPIC) return error;
  return new UnavailableError(`${what} is not there`, { cause: error });
}

/** Whether trying again by itself may help: neither a configuration nor a permanent error. */
export function isRetriable(error: Error): boolean {
  return error instanceof UnavailableError || error instanceof PartitionsLostError;
}

function isOurs(error: unknown): error is Error {
  return Object.values(CLASSES).some((ours) => error instanceof ours);
}

function explain(error: unknown, facts: ErrorFacts): Explanation {
  const known = facts.type === undefined ? undefined : PROTOCOL_ERRORS[facts.type];
  if (known !== undefined) return known;
  const network = explainNetwork(facts);
  if (network !== undefined) return network;
  return { fault: "unavailable", why: errorText(error) };
}
