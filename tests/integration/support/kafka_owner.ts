/** A process that owns a broker: prints its address and waits, until a test kills it. */
import { startKafka } from "../../../src/dev/kafka/mod.ts";
import { BROKER_FOLDER } from "../../support/broker.ts";

const kafka = await startKafka({ ephemeral: true, folder: BROKER_FOLDER });
console.log(kafka.bootstrap);
await new Promise((resolve) => setTimeout(resolve, 120_000));
