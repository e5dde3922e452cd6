/** Brokers for tests, of the same making as `deno task kafka`: a container where there is an engine, else the JVM. */
import { fileURLToPath } from "node:url";
import {
  type Broker,
  type BrokerOptions,
  type Engine,
  startBroker,
  systemTools,
} from "../../src/dev/kafka/mod.ts";

/** Where brokers of tests keep their data while they run, whatever the current folder is. */
export const BROKER_FOLDER = fileURLToPath(new URL("../../.datapy", import.meta.url));

/** The engine that DATAPY_TEST_ENGINE asks for: `container` or `jvm`. */
export const testEngine = Deno.env.get("DATAPY_TEST_ENGINE") as Engine | undefined;

/**
 * A broker for one test, which may pause, stop, kill and restart it. It is gone when it is disposed, and when this process
 * is. Three seconds on the JVM, five in a container.
 */
export function dedicatedBroker(options: BrokerOptions & { readonly engine?: Engine } = {}): Promise<Broker> {
  return startBroker(systemTools(BROKER_FOLDER), options, options.engine ?? testEngine);
}

let own: Promise<Broker> | undefined;

/**
 * The broker that all tests share, as `host:port`: the one that DATAPY_KAFKA names, which `deno task test` starts; or else
 * one of this test file's own, which is gone when `deno test` is. Call it at the top of a file, not in a test: what a test
 * starts it has to end.
 */
export async function sharedBroker(): Promise<string> {
  const named = Deno.env.get("DATAPY_KAFKA");
  if (named) return named;
  own ??= dedicatedBroker();
  return (await own).bootstrap;
}

/**
 * Registers a test that cannot run everywhere. Where there is a reason, it is skipped with the reason in its name;
 * `deno task test` counts it, and fails if CI is set.
 */
export function testUnless(
  reason: string | undefined,
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
): void {
  Deno.test({
    name: reason === undefined ? name : `${name} (skipped: ${reason})`,
    ignore: reason !== undefined,
    fn,
  });
}
