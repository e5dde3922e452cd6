import { example } from "../text.ts";

/** Words of `datapy lag`. */
export const lagText = {
  brief: "Show how far consumer groups are behind",
  full: example(
    "Shows for each partition of a group what is committed, where it ends, how many records are left to do, and who has " +
      "it. TIME LAG is the age of the first record that is not done, by its timestamp. Records of open transactions do " +
      "not count. With --max-lag the exit code is 1 where a group has more to do than that; a partition without a commit " +
      "counts with all that it holds.",
    "datapy lag --bootstrap localhost:9092",
    "datapy lag --context jobs/kafka_context.json --group orders-to-db --max-lag 1000",
  ),
  group: "Only this consumer group; may be repeated",
  topic: "Only this topic",
  maxLag: "Exit code 1 where a group has more records to do than this",
  maxLagForm: "expected a whole number from 0 on",
  gone: (group: string, topic: string) =>
    `Group ${group} has offsets of topic ${topic}, which is deleted or not to be seen by this user`,
  unread: (topic: string, why: string) => `The time lag of topic ${topic} is not known: ${why}`,
  none: "No consumer group has committed anything",
  total: (group: string, members: number, lag: bigint, uncommitted: number) =>
    `Group ${group}: ${members} member${members === 1 ? "" : "s"}, ${lag} record${
      lag === 1n ? "" : "s"
    } to do` +
    (uncommitted === 0
      ? ""
      : `, and nothing committed of ${uncommitted} partition${uncommitted === 1 ? "" : "s"}`),
  exceeded: (group: string, lag: bigint, most: bigint) =>
    `Group ${group} has ${lag} records to do, more than ${most}`,
} as const;
