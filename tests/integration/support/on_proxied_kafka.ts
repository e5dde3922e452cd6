import { dedicatedBroker } from "../../support/broker.ts";
import { FaultProxy } from "../../support/proxy.ts";
import { splitAddress } from "../../../src/dev/kafka/running.ts";
import { Bed } from "./bed.ts";

const proxy = new FaultProxy();
const broker = await dedicatedBroker({
  partitions: 3,
  listeners: [{ name: "proxied", protocol: "PLAINTEXT", advertisedPort: proxy.port }],
});
proxy.target = splitAddress(broker.listeners["proxied"]!)[1];

/** The address of the broker by way of the proxy: who begins there is sent there again. */
export const proxied = `localhost:${proxy.port}`;

/**
 * A test on a broker that all tests of its file share, and that is reached on two ways: directly, which is the bed's, and
 * through a proxy, to be broken. The proxy is mended after each test; both are gone when `deno test` is.
 */
export function onProxiedKafka(name: string, test: (bed: Bed, proxy: FaultProxy) => Promise<void>): void {
  Deno.test({
    name,
    sanitizeOps: false, // the proxy is older than the test
    sanitizeResources: false,
    fn: () =>
      Bed.with(broker.bootstrap, async (bed) => {
        try {
          await test(bed, proxy);
        } finally {
          proxy.heal();
        }
      }),
  });
}
