import type { Mod } from "../core/define_mod.ts";
import { databaseQuery } from "./extract/database_query.ts";
import { databaseInsert } from "./load/database_insert.ts";
import { kafkaConnector } from "./streaming/kafka_connector.ts";
import { kafkaConsumer } from "./streaming/kafka_consumer.ts";
import { kafkaProducer } from "./streaming/kafka_producer.ts";
import { dataMapper } from "./transform/data_mapper.ts";
import { dataSplitter } from "./transform/data_splitter.ts";
import { jsonParser } from "./transform/json_parser.ts";
import { lookup } from "./transform/lookup.ts";

/** The mods that come with DataPy. A new one is added here twice: to the list, and to the types below. */
export const builtins: readonly Mod[] = [
  dataMapper,
  dataSplitter,
  databaseInsert,
  databaseQuery,
  jsonParser,
  kafkaConnector,
  kafkaConsumer,
  kafkaProducer,
  lookup,
];

declare module "../core/mod_map.ts" {
  interface ModMap {
    data_mapper: typeof dataMapper;
    data_splitter: typeof dataSplitter;
    database_insert: typeof databaseInsert;
    database_query: typeof databaseQuery;
    json_parser: typeof jsonParser;
    kafka_connector: typeof kafkaConnector;
    kafka_consumer: typeof kafkaConsumer;
    kafka_producer: typeof kafkaProducer;
    lookup: typeof lookup;
  }
}
