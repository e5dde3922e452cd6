/** What is known about a failure, gathered along its chain of causes. */
export interface ErrorFacts {
  /** Kafka's name of the error code that a broker answered, such as `TOPIC_AUTHORIZATION_FAILED`. */
  readonly type: string | undefined;
  /** The system's or TLS's code, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  /** `host:port` of the broker that it happened with. */
  readonly broker: string | undefined;
  /** The topic at fault, where that is known. */
  readonly topic: string | undefined;
  /** Names of the error classes, outermost first. */
  readonly names: readonly string[];
  /** All messages, outermost first. */
  readonly text: string;
}

interface KafkajsError extends Error {
  readonly type?: unknown;
  readonly code?: unknown;
  readonly broker?: unknown;
  readonly topic?: unknown;
  readonly host?: unknown;
  readonly port?: unknown;
  readonly errors?: unknown;
}

/** Reads an error of kafkajs or of Node, its causes and, of an aggregate, its parts. */
export function factsOf(error: unknown): ErrorFacts {
  let type: string | undefined;
  let code: string | undefined;
  let broker: string | undefined;
  let topic: string | undefined;
  const names: string[] = [];
  const texts: string[] = [];
  for (const one of chain(error)) {
    if (typeof one.type === "string") type ??= one.type;
    if (typeof one.code === "string") code ??= one.code;
    if (typeof one.topic === "string") topic ??= one.topic;
    broker ??= brokerOf(one);
    names.push(one.name);
    if (one.message !== "") texts.push(one.message);
  }
  return { type, code, broker, topic, names, text: texts.join("\n") };
}

function brokerOf(error: KafkajsError): string | undefined {
  if (typeof error.broker === "string" && error.broker !== "undefined:undefined") return error.broker;
  if (typeof error.host === "string" && typeof error.port === "number") return `${error.host}:${error.port}`;
  return undefined;
}

function chain(error: unknown): KafkajsError[] {
  const found: KafkajsError[] = [];
  const open: unknown[] = [error];
  while (open.length > 0) {
    const next = open.shift();
    if (!(next instanceof Error) || found.includes(next)) continue;
    found.push(next);
    open.push(next.cause);
    const parts = (next as KafkajsError).errors;
    if (Array.isArray(parts)) open.push(...parts);
  }
  return found;
}
