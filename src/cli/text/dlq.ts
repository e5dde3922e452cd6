import { MOMENTS } from "../moments.ts";

const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? "" : "s"}`;
const letters = (n: number) => plural(n, "letter");

const FILTERS = "Without a filter all are meant; several must all fit.";
const MOMENT = `A moment is ${MOMENTS}.`;

/** Words of `datapy dlq`. */
export const dlqText = {
  brief: "Look at dead letters, and send their messages again",
  list: "Count dead letters by their causes",
  listFull: [
    "Counts the letters of a dead letter topic by cause: topic, class of the error, and its text without numbers and ids. " +
    "OPEN are those with which nothing was done; AGAIN are those of them whose messages were redriven before and failed " +
    "again; DONE are those that were redriven or dropped.",
    "",
    "Example:",
    "  datapy dlq list orders.dlq --context jobs/kafka_context.json --from -1d",
  ].join("\n"),
  show: "Show one dead letter",
  showFull: [
    "Shows a letter with its error, its message's key, value and own headers. Control characters are escaped. PLACE is " +
    "partition@offset in the dead letter topic, as datapy peek prints it.",
    "",
    "Example:",
    "  datapy dlq show orders.dlq 0@12 --context jobs/kafka_context.json",
  ].join("\n"),
  redrive: "Send the messages of dead letters again",
  redriveFull: [
    "Sends messages of dead letters back to the topic and the partition they came from, or to --to, byte by byte as they " +
    `were and with three headers more (__datapy.redrive.from, .count, .time). ${FILTERS} Shows what would be sent, and ` +
    "sends only with --execute. What was sent is marked in the dead letter topic: a later run leaves it out, and so goes " +
    "on where this one ended, by Ctrl+C or otherwise. Letters whose messages were redriven before and failed again are " +
    "left out too. --force takes both; of several letters of one message it takes the youngest. A redrive holds " +
    "its topic: another one of it is refused until this has ended, or was killed half a minute ago.",
    "",
    MOMENT,
    "",
    "Examples:",
    "  datapy dlq redrive orders.dlq --cause 5f0a91c2 --context jobs/kafka_context.json",
    "  datapy dlq redrive orders.dlq --from -2h --rate 50 --execute --context jobs/kafka_context.json",
  ].join("\n"),
  drop: "Mark dead letters as dealt with",
  dropFull: [
    "Marks open letters as dropped: they count as done, and redrive leaves them out unless it is forced. They stay in the " +
    `topic until its retention takes them. ${FILTERS} Shows what would be marked, and marks only with --execute.`,
    "",
    "Example:",
    "  datapy dlq drop orders.dlq --cause 5f0a91c2 --execute --context jobs/kafka_context.json",
  ].join("\n"),
  topic: "Dead letter topic",
  place: "Partition and offset of the letter, such as 0@12",
  placeForm: "expected partition@offset, such as 0@12",
  from: "Only letters written from this moment on, such as -2h, a time or an offset",
  until: "Only letters written before this moment",
  cause:
    "Only letters of this cause: its number in datapy dlq list, or a part of class and text of the error",
  key: "Only letters of messages with this key",
  group: "Only letters of messages that this consumer group could not process",
  letter: "Only this letter, such as 0@12; may be repeated",
  to: "Send to this topic in place of the one they came from; keys choose the partition",
  rate: "Send so many messages a second at most",
  rateForm: "expected messages a second, such as 50",
  force: "Also what was redriven or dropped before, and what failed again after a redrive",
  executeRedrive: "Send; without, only what would be sent is shown",
  executeDrop: "Mark; without, only what would be marked is shown",
  dryRun: "Only show what would be done; this is the default",
  both: "--execute and --dry-run exclude each other",
  toItself: "--to is the dead letter topic itself",
  none: (topic: string) => `There are no dead letters in topic ${topic}`,
  noneFits: "No letter fits",
  count: (all: number, causes: number, open: number) =>
    `${letters(all)} of ${plural(causes, "cause")}: ${open} open, ${all - open} done`,
  foreign: (n: number) =>
    `${plural(n, "record")} of the topic ${n === 1 ? "is no dead letter" : "are no dead letters"}`,
  noLetter: (topic: string, place: string) =>
    `There is no dead letter at ${place} of topic "${topic}": look for places with datapy peek`,
  isMark: (topic: string, place: string) =>
    `What lies at ${place} of topic "${topic}" is no letter, but the mark of a redrive or drop`,
  held: (topic: string, until: string) =>
    `Cannot redrive letters of topic "${topic}": another redrive of it is under way, or was killed (wait for its end; ` +
    `if it was killed, its hold on the topic ends at ${until})`,
  holdLost: (topic: string) =>
    `Cannot go on with the redrive of topic "${topic}": its hold on the topic could not be renewed in time, so another ` +
    "redrive may have begun (what was sent is marked; the same command goes on with the rest)",
  holdUnread:
    "Cannot redrive: what was just written into the topic is not there to be read (look whether it was deleted)",
  would: (n: number, verb: "redrive" | "drop") =>
    verb === "redrive" ? `${letters(n)} would be redriven` : `${letters(n)} would be dropped`,
  dry: "Nothing was changed: --execute does it",
  redriven: (n: number) => `Redrove ${letters(n)}`,
  dropped: (n: number) => `Dropped ${letters(n)}`,
  leftOut: (done: number, again: number) => {
    const parts = [
      ...(done > 0 ? [`${letters(done)} redriven or dropped before`] : []),
      ...(again > 0 ? [`${letters(again)} that failed again after a redrive`] : []),
    ];
    return `Left out: ${parts.join(", ")} (--force takes ${done + again === 1 ? "it" : "them"})`;
  },
  stopped: (verb: "redrive" | "drop", n: number) =>
    `Stopped after ${letters(n)}, which ${
      n === 1 ? "is" : "are"
    } marked: the same command goes on with the ` +
    `${verb === "redrive" ? "rest, so none is sent twice" : "rest"}`,
  cannotSend: (place: string, to: string) => `Cannot redrive letter ${place} to topic "${to}"`,
  cannotMark: (n: number) =>
    `${letters(n)} could not be marked though ${
      n === 1 ? "its message was" : "their messages were"
    } sent: a further ` +
    "redrive would send them again",
  compacted: (topic: string) =>
    `Cannot mark letters in topic "${topic}": it is compacted (set its cleanup.policy to delete)`,
  from1: (topic: string, place: string) => `${topic} ${place}`,
  tombstone: "<no value>",
  state: {
    open: "open",
    redriven: "redriven",
    dropped: "dropped",
    again: "redriven, and failed again: a younger letter took its place",
  },
} as const;
