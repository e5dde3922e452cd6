import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import { answersKafka } from "./ready.ts";
import { splitAddress } from "./running.ts";
import type { Tools } from "../shared/tools.ts";

const PATIENCE_MS = 10_000;

/**
 * The broker that DATAPY_KAFKA names: it is used and left alone. Throws a `ConfigurationError` where the text is not
 * `host:port`, or several of them separated by commas.
 */
export function externalKafka(tools: Tools): string | undefined {
  const text = tools.env("DATAPY_KAFKA")?.trim();
  if (text === undefined) return undefined;
  if (!/^[^\s:,]+:\d+(,[^\s:,]+:\d+)*$/.test(text)) {
    throw new ConfigurationError(`DATAPY_KAFKA is "${text}": expected host:port, such as localhost:9092`);
  }
  return text;
}

/** Resolves when an external broker answers. Rejects with an `UnavailableError` after ten seconds. */
export async function untilExternalAnswers(tools: Tools, bootstrap: string): Promise<void> {
  const [host, port] = splitAddress(bootstrap);
  const deadline = tools.clock.now() + PATIENCE_MS;
  while (!await answersKafka(tools.ports, host, port)) {
    if (tools.clock.now() > deadline) {
      throw new UnavailableError(
        `Cannot use the Kafka that DATAPY_KAFKA names: nothing at ${bootstrap} answers as Kafka does; start it, or ` +
          `unset DATAPY_KAFKA to have one started`,
      );
    }
    await tools.clock.sleep(200);
  }
}
