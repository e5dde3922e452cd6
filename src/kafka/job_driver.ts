import { JobLocal } from "../core/job_scope.ts";
import type { KafkaDriver } from "./driver.ts";
import { kafkajsDriver } from "./kafkajs/lazy_driver.ts";

/** What a job's connections lead to: brokers, or in a test topics in memory. */
export const jobDriver: JobLocal<KafkaDriver> = new JobLocal(() => kafkajsDriver);
