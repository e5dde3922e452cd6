import type { Buffer } from "node:buffer";
import type { Broker } from "./broker.ts";
import { decodeFetchAnswer, FETCH_VERSIONS } from "./fetch_answer.ts";
import { apiKeys, requestDefinitions } from "./internals.ts";

/**
 * Sends a request by kafkajs' name ("Fetch", "OffsetCommit", "Metadata") and hands back the whole answer with its error
 * codes. kafkajs' own methods throw at the first code they find and lose what the other partitions answered. Answers to
 * fetches are read by ourselves: see fetch_answer.ts.
 *
 * Rejects with kafkajs' connection and timeout errors only; read the codes with `errorFromCode`.
 */
export async function rawRequest<T>(broker: Broker, name: string, parameters: object): Promise<T> {
  const { request, response, requestTimeout } = broker.lookupRequest(apiKeys[name], requestDefinitions[name])(
    parameters,
  );
  const { apiVersion } = request as { readonly apiVersion: number };
  const isOurs = name === "Fetch" && apiVersion >= FETCH_VERSIONS.first && apiVersion <= FETCH_VERSIONS.last;
  const decode = isOurs ? (raw: unknown) => decodeFetchAnswer(apiVersion, raw as Buffer) : response.decode;
  const raw = {
    request,
    response: { decode, parse: (decoded: unknown) => Promise.resolve(decoded) },
    requestTimeout: requestTimeout ?? null,
  };
  try {
    return await broker.connectionPool.send(raw) as T;
  } catch (error) {
    // as kafkajs does: a closed connection of a pair leaves the other one half open
    if ((error as Error).name === "KafkaJSConnectionClosedError") await broker.disconnect();
    throw error;
  }
}
