import { MOMENTS } from "../moments.ts";

const records = (n: number) => `${n} record${n === 1 ? "" : "s"}`;

/** Words of `datapy produce`. */
export const produceText = {
  brief: "Send lines to a topic",
  full: [
    "Sends each line of standard input, or of a file, as one record, and waits until all in-sync replicas have it. How " +
    "many were sent is told on standard error; with --json each record's place is a line on standard output.",
    "",
    "Examples:",
    '  echo \'{"order_id": "A-1"}\' | datapy produce orders --json-lines --key-field order_id --bootstrap localhost:9092',
    "  datapy produce orders --context jobs/kafka_context.json --file orders.jsonl --json-lines --header source=backfill",
  ].join("\n"),
  topic: "Topic to send to",
  file: "Read this file in place of standard input",
  whole: "The whole input is one record, not each line",
  jsonLines: "Each line must be JSON; empty lines are left out",
  mayCreate: " (--create makes it)",
  create: "A topic that is missing is created, where the brokers allow it",
  key: "Key of all records",
  keyField: "Take the key from this field of each JSON object",
  header: "Header of all records; may be repeated",
  partition: "Send to this partition; else the key chooses it",
  headerForm: "expected name=value",
  twoKeys: "--key and --key-field exclude each other",
  keyNeedsJson: "--key-field needs --json-lines",
  typing: "Type a record a line; Ctrl+D ends",
  sent: (count: number, topic: string) => `Sent ${records(count)} to ${topic}`,
  before: (count: number) =>
    count === 0
      ? "nothing was sent before it"
      : `${records(count)} before it ${count === 1 ? "was" : "were"} sent`,
  notJson: (line: number, why: string) => `Line ${line} is not valid JSON${why}`,
  notObject: (line: number) => `Line ${line} is not a JSON object, so it has no field for the key`,
  noKey: (line: number, field: string) => `Line ${line} has no field "${field}" for the key`,
  keyKind: (line: number, field: string) =>
    `Line ${line}: field "${field}" is not a text, a number, true, false or null, and so no key`,
  cannotRead: (file: string, why: string) => `Cannot read ${file}: ${why}`,
} as const;

/** Words of `datapy peek`. */
export const peekText = {
  brief: "Look at records of a topic",
  full: [
    "Prints records without joining a group and without committing anything: the last ten, or those from a moment on. " +
    "Partitions are merged by time. Ends where the topic ended when it began, unless --follow is given. Control " +
    "characters are escaped, so that one record is one line; what is not text is shown in hexadecimal.",
    "",
    `A moment is ${MOMENTS}; -20 means the last 20 records.`,
    "",
    "Examples:",
    "  datapy peek orders --context jobs/kafka_context.json",
    "  datapy peek orders --bootstrap localhost:9092 --from -1h --where '$.amount > 100' --json",
    "  datapy peek orders --bootstrap localhost:9092 --from latest --follow",
  ].join("\n"),
  topic: "Topic to look at",
  from: "Where to begin: a moment, or -20 for the last 20 records",
  until: "Where to end: records at or after this moment are left out",
  where: "Only records whose JSON value fits, such as '$.amount > 100' (JSONPath, RFC 9535)",
  limit: "Print so many records at most",
  follow: "Go on with what is written from now on; Ctrl+C ends",
  headers: "Print headers too, behind the value",
  both: "--follow and --until exclude each other",
  count: (shown: number, read: number, notJson: number) => {
    const of = shown === read ? "" : ` of ${read}`;
    const left = notJson === 0 ? "" : `; ${records(notJson)} left out because the value is not JSON`;
    return shown === read
      ? `${records(shown)}${left}`
      : `${shown}${of} record${read === 1 ? "" : "s"}${left}`;
  },
  limited: ", as many as --limit allows",
  lastOf: (total: bigint) => `, the last of about ${total}; --from earliest begins at the first`,
  empty: (topic: string) => `Topic ${topic} is empty`,
  stalled: (topic: string) =>
    `Cannot read topic "${topic}": the broker sends no records though there are some`,
  badWhere: (expression: string, why: string) =>
    `--where is "${expression}": expected a condition such as $.amount > 100 (JSONPath, RFC 9535): ${why}`,
  tombstone: "<no value>",
  binary: (size: number, hex: string) => `<${size} byte${size === 1 ? "" : "s"}: ${hex}>`,
  noTime: "no time",
} as const;
