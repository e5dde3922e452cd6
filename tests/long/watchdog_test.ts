import assert from "node:assert/strict";
import { Flow } from "../integration/support/flow.ts";
import { onProxiedKafka, proxied } from "../integration/support/on_proxied_kafka.ts";

const PARTITIONS = 3;

/** With these settings own steps count as stuck after 14 s to 20 s, a join apart. */
const QUICK = { "request.timeout.ms": 1_000, "socket.connection.setup.timeout.ms": 500 };

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

onProxiedKafka(
  "A network that swallows everything for long is an outage that the driver tells of: no step counts as stuck",
  async (bed, proxy) => {
    const flow = await Flow.start(bed, PARTITIONS);
    const job = flow.job({ broker: proxied, config: QUICK });
    await flow.goesOn();
    proxy.hold();
    await pass(60_000);
    assert.ok(job.running, job.log.join("\n"));
    proxy.release();
    await flow.goesOn();
    const told = job.log.filter((line) => /has waited for|made anew|making the consumer anew/.test(line));
    assert.deepEqual(told, []);
    assert.ok(job.log.some((line) => /trying again in .* s so far/.test(line)), job.log.join("\n"));
    await flow.finish(2 * PARTITIONS);
  },
);
