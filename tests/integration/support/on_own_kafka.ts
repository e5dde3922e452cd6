import type { Broker, BrokerOptions } from "../../../src/dev/kafka/broker.ts";
import { dedicatedBroker } from "../../support/broker.ts";
import { Bed } from "./bed.ts";

/** A test on a broker of its own, which it may pause, kill and restart. */
export function onOwnKafka(
  name: string,
  test: (bed: Bed, broker: Broker) => Promise<void>,
  options: BrokerOptions = {},
): void {
  Deno.test(name, async () => {
    await using broker = await dedicatedBroker(options);
    await Bed.with(broker.bootstrap, (bed) => test(bed, broker));
  });
}
