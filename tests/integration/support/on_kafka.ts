import { sharedBroker } from "../../support/broker.ts";
import { Bed } from "./bed.ts";

const broker = await sharedBroker();

/** A test on the broker that all tests share, with a bed of its own. It fails where it leaves a connection or a timer. */
export function onKafka(name: string, test: (bed: Bed) => Promise<void>): void {
  Deno.test({ name, sanitizeOps: true, sanitizeResources: true, fn: () => Bed.with(broker, test) });
}
