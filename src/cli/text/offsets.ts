import { MOMENTS } from "../moments.ts";

const plural = (n: bigint | number, word: string) => `${n} ${word}${Number(n) === 1 ? "" : "s"}`;

/** Words of `datapy offsets`. */
export const offsetsText = {
  brief: "Look at a consumer group's offsets, and set them",
  show: "Show what a group has committed, and its lag",
  showFull: [
    "Shows what a consumer group has committed of its topics, where their partitions end, and how many records are " +
    "left to do. Records of open or aborted transactions do not count.",
    "",
    "Example:",
    "  datapy offsets show --context jobs/kafka_context.json --group orders-to-db",
  ].join("\n"),
  reset: "Set what a group has committed",
  resetFull: [
    `Sets a group's committed offsets to a moment: ${MOMENTS}. Shows what would change, and changes it only with ` +
    "--execute. Refused while the group has members: stop its jobs first. A time means the first record at or after it.",
    "",
    "Examples:",
    "  datapy offsets reset --context jobs/kafka_context.json --group orders-to-db --topic orders --to -15m",
    "  datapy offsets reset --bootstrap localhost:9092 --group orders-to-db --topic orders --to earliest --execute",
  ].join("\n"),
  to: `Where to: ${MOMENTS}`,
  execute: "Do it; without, only what would change is shown",
  dryRun: "Only show what would change; this is the default",
  both: "--execute and --dry-run exclude each other",
  state: (group: string, state: string, members: number) => {
    if (members > 0) return `Group ${group} is active: ${plural(members, "member")} (${state})`;
    if (state === "Dead") {
      return `Group ${group} shows no members; those of the newer group protocol (KIP-848) are not seen`;
    }
    return `Group ${group} is not active`;
  },
  lag: (lag: bigint) => lag === 0n ? "It has done all there is" : `It has ${plural(lag, "record")} to do`,
  nothing: (group: string, topic: string | undefined) =>
    `Group ${group} has committed nothing${topic === undefined ? "" : ` of topic ${topic}`}`,
  active: (group: string, members: readonly string[]) =>
    `Cannot set offsets of group "${group}": it has ${plural(members.length, "member")}; stop ` +
    `${members.length === 1 ? "it" : "them"} first:\n${members.map((one) => `  ${one}`).join("\n")}`,
  isNew: (group: string) =>
    `Group ${group} is not there yet: a consumer of that name will begin at these offsets`,
  again: (count: bigint) => `${plural(count, "record")} again`,
  skipped: (count: bigint) => `${plural(count, "record")} skipped`,
  unknown: "nothing was committed",
  same: "as it is",
  clamped: (offset: bigint) =>
    `Offset ${offset} is not in every partition: the nearest that is there is taken`,
  total: (again: bigint, skipped: bigint) => {
    const parts = [
      ...(again > 0n ? [`${plural(again, "record")} will come again`] : []),
      ...(skipped > 0n ? [`${plural(skipped, "record")} will be skipped`] : []),
    ];
    return parts.length === 0 ? "Nothing comes again, nothing is skipped" : parts.join(", ");
  },
  dry: "Nothing was changed: --execute does it",
  done: (group: string) => `The offsets of group ${group} are set`,
} as const;
