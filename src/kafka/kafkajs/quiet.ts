import type { LogFields, Logger } from "../../core/logger.ts";
import { redactSecrets } from "../../core/secret.ts";
import {
  createKafkajsLogger,
  type KafkajsLogEntry,
  type KafkajsLogger,
  type RequestQueue,
  requestQueuePrototype,
  socketFactory,
} from "./internals.ts";

/** kafkajs' level for connections and groups, without single requests. KAFKAJS_LOG_LEVEL=DEBUG adds those. */
const INFO = 4;

/**
 * A logger for kafkajs that writes to ours, at DEBUG whatever kafkajs calls it: it logs errors that are retried, or that
 * it throws as well. Secrets are masked, and only plain values are kept of what comes with a line.
 */
export function quietLogger(log: Logger): KafkajsLogger {
  return createKafkajsLogger({
    level: INFO,
    logCreator: () => (entry) => log.debug(textOf(entry), fieldsOf(entry)),
  });
}

function textOf({ namespace, label, log }: KafkajsLogEntry): string {
  return redactSecrets(`kafkajs ${namespace ?? ""} ${label}: ${log.message}`);
}

const LEFT_OUT = new Set(["message", "timestamp", "logger", "stack"]);

function fieldsOf({ log }: KafkajsLogEntry): LogFields {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(log)) {
    if (LEFT_OUT.has(key)) continue;
    if (typeof value === "string") fields[key] = redactSecrets(value);
    if (typeof value === "number" || typeof value === "boolean") fields[key] = value;
  }
  return fields;
}

/**
 * Sockets for kafkajs. While a broker is away it lets go of the broken ones again at each new attempt, which Node takes
 * for "once it is connected": listeners gather, and at the eleventh Node warns of a leak.
 */
export function quietSocketFactory(): ReturnType<typeof socketFactory> {
  const open = socketFactory();
  return (options) => {
    const socket = open(options);
    return socket.once("close", () => socket.unref = () => socket);
  };
}

/** How soon kafkajs looks again at requests that wait for others to be answered, in milliseconds. */
const CHECK_INTERVAL_MS = 10;

/**
 * kafkajs sets a timer after every answer, even where nothing waits, and with a negative time, of which Node's timers
 * warn once a process. This sets one only where requests wait, and never a negative one.
 */
requestQueuePrototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
  const throttledMs = this.throttledUntil - Date.now();
  this.throttleCheckTimeoutId = setTimeout(() => {
    this.throttleCheckTimeoutId = null;
    this.checkPendingRequests();
  }, throttledMs > 0 ? throttledMs : CHECK_INTERVAL_MS);
};
