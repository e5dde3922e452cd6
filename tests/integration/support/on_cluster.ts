import { TestCluster } from "../../support/cluster.ts";
import { Bed } from "./bed.ts";

const cluster = await TestCluster.start();

/**
 * A test on three brokers that all tests of its file share; it may break them, and they are mended before the next one. They
 * are gone when `deno test` is.
 */
export function onCluster(name: string, test: (bed: Bed, cluster: TestCluster) => Promise<void>): void {
  Deno.test({
    name,
    // what the cluster has open is older than the test, and reconnects in it
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await cluster.untilInSync();
      await Bed.with(cluster.bootstrap, async (bed) => {
        try {
          await test(bed, cluster);
        } finally {
          await cluster.heal();
        }
      });
    },
  });
}
