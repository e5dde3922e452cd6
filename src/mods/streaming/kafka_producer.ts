import { z } from "../../deps/zod.ts";
import { artifact, defineMod, type ModContext } from "../../core/define_mod.ts";
import { errorText, kindOf } from "../../core/errors.ts";
import { JobLocal } from "../../core/job_scope.ts";
import { observedSend } from "../../core/sends.ts";
import { currentMessageScope } from "../../core/message_scope.ts";
import { dataParam } from "../../core/params.ts";
import type { Rows } from "../../core/rows.ts";
import { compressedBy, COMPRESSION_TYPES } from "../../kafka/compressed.ts";
import { KafkaConnection } from "../../kafka/connection.ts";
import type { SentRecord } from "../../kafka/driver.ts";
import { isPlain, type PlainValue, toOutgoing, VALUE_FORMATS } from "../../kafka/outgoing.ts";
import { producerOf } from "../../kafka/producers.ts";
import { topicName } from "./topic_name.ts";

/** Where a record was written. */
export interface SentTo {
  readonly topic: string;
  readonly partition: number;
  /** Exact below 2^53; `offset_text` always is. */
  readonly offset: number;
  readonly offset_text: string;
}

type HeaderPairs = readonly (readonly [name: string, value: PlainValue])[];
type Headers = Readonly<Record<string, PlainValue>> | HeaderPairs;

function isHeaders(value: unknown): value is Headers {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  if (!Array.isArray(value)) return Object.values(value).every(isPlain);
  return value.every((pair) =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === "string" && isPlain(pair[1])
  );
}

const keyed = (value: unknown) => isPlain(value) || typeof value === "number" || typeof value === "bigint";

const params = z.strictObject({
  connection: z.instanceof(KafkaConnection, { error: "expected the connection artifact of kafka_connector" })
    .describe("The `connection` artifact of `kafka_connector`."),
  topic: topicName.describe("Topic to send to."),
  data: dataParam(
    z.custom<Rows | PlainValue | readonly PlainValue[]>((value) => value !== undefined, {
      error: "expected an object, a list of objects or a DuckDB result",
    }) as z.ZodType<Rows | PlainValue | readonly PlainValue[], object | PlainValue>,
    "What to send: an object, a list of objects or a DuckDB result, a record for each row. With `value_format` string " +
      "or bytes also a text, bytes, null (a tombstone), or a list of these. A list goes out in one request.",
  ),
  key_column: z.string().min(1).optional().describe(
    "Column whose value is the record's key, which chooses the partition. A null in it is a null key; a row " +
      "without it is a record error.",
  ),
  key_value: dataParam(
    z.custom<PlainValue | number | bigint>(keyed, { error: "expected a text, bytes, a number or null" })
      .optional(),
    "One key for all records, in place of `key_column`. Without a key the records are spread over the partitions.",
  ),
  value_format: z.enum(VALUE_FORMATS).default("json").describe(
    "How values are written: `json` sends the whole row; `string` and `bytes` send the value of `value_column`.",
  ),
  value_column: z.string().min(1).optional().describe(
    "With `value_format` string or bytes: column to send where `data` is rows. A null in it is a tombstone.",
  ),
  headers: dataParam(
    z.custom<Headers>(isHeaders, {
      error: "expected names and values, each a text, bytes or null, or a list of pairs of them",
    }).default({}),
    "Headers of all records: names and values, text in UTF-8 or bytes; or a list of pairs, in which a name may come " +
      "twice, such as the `header_list` of a message.",
  ),
  compression_type: z.enum(COMPRESSION_TYPES).optional().describe(
    "How records are compressed that go out together. By default as `compression.type` in the `additional_config` of the " +
      "connection says: none. Consumers read all of them.",
  ),
  flush_after_send: z.boolean().default(true).describe(
    "Wait until all in-sync replicas have the records. With false the wait is before the commit of the message that " +
      "made them; outside of a message, when the job ends, which fails if they were not written.",
  ),
  flush_timeout_s: z.number().positive().max(3600).default(10.0).describe(
    "How long brokers may take to acknowledge, retries and connecting included, in seconds.",
  ),
  on_send_error: z.enum(["raise", "log"]).default("raise").describe(
    "What to do with records that could not be sent: fail, or log and go on, by which they are lost. Configuration " +
      "errors, and data that cannot be written in the `value_format`, always fail.",
  ),
});

/** Sends records to a topic: the successor of Talend's tKafkaOutput. */
export const kafkaProducer = defineMod({
  name: "kafka_producer",
  description: "Sends rows to a Kafka topic and waits until the brokers have them.",
  params,
  artifacts: {
    sent: artifact<readonly SentTo[]>(
      "Where each record was written, in the order of the data; empty where it was not waited for, or not sent.",
    ),
  },
  async run(given, context) {
    const records = toOutgoing(given.data, {
      valueFormat: given.value_format,
      valueColumn: given.value_column,
      keyColumn: given.key_column,
      keyValue: given.key_value,
      headers: pairsOf(given.headers),
    });
    const count = records.length;
    const bytes = records.reduce((sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0), 0);
    if (count === 0) return { artifacts: { sent: [] }, metrics: { records_sent: 0, failed: 0, bytes } };
    if (given.on_send_error === "log") sayOnceThatRecordsCanBeLost(context);
    const producer = producerOf(compressedBy(given.connection, given.compression_type), context.log);
    const what = { topic: given.topic, records: count, bytes };
    const sending = observedSend(what, producer.send(given.topic, records, given.flush_timeout_s * 1000))
      .catch((error) => {
        if (given.on_send_error === "raise" || kindOf(error) === "configuration") throw error;
        context.log.error(errorText(error), { topic: given.topic });
        return undefined;
      });
    if (!given.flush_after_send) {
      const scope = currentMessageScope();
      if (scope === undefined) producer.leave(sending);
      else scope.defer(sending);
      return { artifacts: { sent: [] }, metrics: { records_sent: count, failed: 0, bytes } };
    }
    const sent = await sending;
    if (sent === undefined) {
      context.warn(`${count} records for topic ${given.topic} are lost (on_send_error: log)`);
      return { artifacts: { sent: [] }, metrics: { records_sent: 0, failed: count, bytes: 0 } };
    }
    return { artifacts: { sent: sent.map(sentTo) }, metrics: { records_sent: count, failed: 0, bytes } };
  },
});

function pairsOf(headers: Headers): HeaderPairs {
  return Array.isArray(headers) ? headers as HeaderPairs : Object.entries(headers);
}

function sentTo({ topic, partition, offset }: SentRecord): SentTo {
  return { topic, partition, offset: Number(offset), offset_text: offset.toString() };
}

const said = new JobLocal(() => ({ already: false }));

function sayOnceThatRecordsCanBeLost(context: ModContext): void {
  const once = said.get();
  if (once.already) return;
  once.already = true;
  context.log.warning(
    'on_send_error is "log": records that cannot be sent are lost, and the messages that made them are committed',
  );
}
