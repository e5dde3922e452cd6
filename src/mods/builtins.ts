import type { Mod } from "../core/define_mod.ts";
import { kafkaConsumer } from "./streaming/kafka_consumer.ts";
import { dataMapper } from "./transform/data_mapper.ts";
import { jsonParser } from "./transform/json_parser.ts";

/** The mods that come with DataPy. A new one is added here twice: to the list, and to the types below. */
export const builtins: readonly Mod[] = [
  dataMapper,
  jsonParser,
  kafkaConsumer,
];

declare module "../core/mod_map.ts" {
  interface ModMap {
    data_mapper: typeof dataMapper;
    json_parser: typeof jsonParser;
    kafka_consumer: typeof kafkaConsumer;
  }
}
