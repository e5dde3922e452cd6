import type { Logger } from "../core/logger.ts";
import type { OpenAdmin } from "../kafka/admin.ts";
import type { KafkaConnection } from "../kafka/connection.ts";
import { kafkajsDriver } from "../kafka/kafkajs/lazy_driver.ts";
import { systemClock } from "../runtime/clock.ts";
import { systemFiles } from "../runtime/files.ts";
import { thisProcess } from "../runtime/process.ts";

/** What the flags of a command say about the Kafka to talk to. */
export interface NamedKafka {
  readonly context?: string;
  readonly bootstrap?: string;
}

/** The library behind the commands that talk to a Kafka. */
export interface BrokerLibrary {
  /** The connection that the flags, a context file and the environment name. Connects to nothing. */
  connection(named: NamedKafka, log: Logger): Promise<KafkaConnection>;
  readonly openAdmin: OpenAdmin;
}

/** Loaded when a command needs it: other commands do not pay for kafkajs. */
export const systemBrokers: BrokerLibrary = {
  async connection(named, log) {
    const { connectionOf } = await import("./connection.ts");
    return await connectionOf(named, {
      env: thisProcess.env,
      files: systemFiles,
      driver: kafkajsDriver,
      clock: systemClock,
      log,
    });
  },
  openAdmin: async (...given) => (await import("../kafka/kafkajs/admin.ts")).openKafkajsAdmin(...given),
};
