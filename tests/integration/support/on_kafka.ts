import { sharedBroker } from "../../support/broker.ts";
import { Bed } from "./bed.ts";

const broker = await sharedBroker();

/** A test on the broker that all tests share, with a bed of its own. */
export function onKafka(name: string, test: (bed: Bed) => Promise<void>): void {
  Deno.test(name, () => Bed.with(broker, test));
}
