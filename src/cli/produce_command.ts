import { buildCommand } from "../deps/stricli.ts";
import { ConfigurationError, PermanentError } from "../core/errors.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import type { OutgoingRecord, ProducerSession } from "../kafka/driver.ts";
import { fileProblem } from "../runtime/files.ts";
import { type CliContext, endWith } from "./context.ts";
import { type KafkaFlags, kafkaFlags, parsePartition } from "./flags.ts";
import { chosenPartitions, partitionsOf, warningsTo, withAdmin } from "./kafka_session.ts";
import { allOf, linesOf } from "./lines.ts";
import { jsonLine, say } from "./output.ts";
import { recordMaker } from "./produce_records.ts";
import { NAME } from "./text.ts";
import { produceText } from "./text/records.ts";

interface ProduceFlags extends KafkaFlags {
  readonly file?: string;
  readonly whole: boolean;
  readonly jsonLines: boolean;
  readonly create: boolean;
  readonly key?: string;
  readonly keyField?: string;
  readonly header?: readonly (readonly [name: string, value: string])[];
  readonly partition?: number;
}

/** Records that are sent together. */
const MOST_AT_ONCE = 500;

/** `datapy produce TOPIC` */
export const produce = buildCommand({
  func: run,
  parameters: {
    flags: {
      file: { kind: "parsed", parse: String, optional: true, brief: produceText.file, placeholder: "FILE" },
      whole: { kind: "boolean", default: false, withNegated: false, brief: produceText.whole },
      jsonLines: { kind: "boolean", default: false, withNegated: false, brief: produceText.jsonLines },
      create: { kind: "boolean", default: false, withNegated: false, brief: produceText.create },
      key: { kind: "parsed", parse: String, optional: true, brief: produceText.key, placeholder: "TEXT" },
      keyField: {
        kind: "parsed",
        parse: String,
        optional: true,
        brief: produceText.keyField,
        placeholder: "NAME",
      },
      header: {
        kind: "parsed",
        parse: parseHeader,
        variadic: true,
        optional: true,
        brief: produceText.header,
        placeholder: "NAME=VALUE",
      },
      partition: {
        kind: "parsed",
        parse: parsePartition,
        optional: true,
        brief: produceText.partition,
        placeholder: "N",
      },
      ...kafkaFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: produceText.topic, parse: String, placeholder: "TOPIC" }],
    },
  },
  docs: { brief: produceText.brief, fullDescription: produceText.full },
});

function parseHeader(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  if (at < 1) throw new RangeError(produceText.headerForm);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function run(this: CliContext, flags: ProduceFlags, topic: string): Promise<void> {
  const wrong = flags.key !== undefined && flags.keyField !== undefined
    ? produceText.twoKeys
    : flags.keyField !== undefined && !flags.jsonLines
    ? produceText.keyNeedsJson
    : undefined;
  if (wrong !== undefined) return endWith(this, EXIT_CODES.usage, `${NAME}: ${wrong}`);
  const connection = await withAdmin(this, flags, async (admin, connection) => {
    const asked = flags.partition === undefined ? undefined : [flags.partition];
    // a topic that is not there comes with its first records: brokers create it by their own settings
    if (!flags.create) {
      chosenPartitions(topic, await partitionsOf(admin, topic, produceText.mayCreate), asked);
    }
    return connection;
  });
  const producer = await connection.driver.produce(connection.config, warningsTo(this));
  try {
    const sent = await sendAll(this, flags, topic, producer);
    say(this, produceText.sent(sent, topic));
  } finally {
    await producer.close();
  }
}

/** Sends what is read as it comes; gives how many records were sent. */
async function sendAll(
  context: CliContext,
  flags: ProduceFlags,
  topic: string,
  producer: ProducerSession,
): Promise<number> {
  const { jsonLines, key, keyField, header: headers = [], partition } = flags;
  const record = recordMaker({ jsonLines, key, keyField, headers, partition });
  let sent = 0;
  const send = async (records: readonly OutgoingRecord[]) => {
    for (let at = 0; at < records.length; at += MOST_AT_ONCE) {
      const some = records.slice(at, at + MOST_AT_ONCE);
      const places = await producer.send(topic, some, flags.timeout * 1000);
      sent += some.length;
      if (flags.json) context.machine.writeOut(places.map(jsonLine).join(""));
    }
  };
  let line = 0;
  for await (const lines of batches(context, flags)) {
    const records: OutgoingRecord[] = [];
    try {
      for (const value of lines) {
        const made = record(value, ++line);
        if (made !== undefined) records.push(made);
      }
    } catch (error) {
      await send(records);
      if (!(error instanceof PermanentError)) throw error;
      throw new PermanentError(`${error.message}; ${produceText.before(sent)}`);
    }
    await send(records);
  }
  return sent;
}

async function* batches(context: CliContext, flags: ProduceFlags): AsyncGenerator<readonly Uint8Array[]> {
  const { input } = context;
  if (flags.file === undefined && input.stdinIsTerminal) say(context, produceText.typing);
  const pieces = flags.file === undefined ? input.stdin() : readable(input.file(flags.file), flags.file);
  if (flags.whole) yield [await allOf(pieces)];
  else yield* linesOf(pieces);
}

async function* readable(pieces: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw new ConfigurationError(produceText.cannotRead(file, fileProblem(error)));
  }
}
