/** Words of the flags that several commands have. */
export const flagText = {
  context: "Context file of the jobs; its section kafka says how to connect, the environment wins over it",
  bootstrap: "Brokers to ask first, in place of the context's kafka.bootstrap_servers",
  timeout: "How long each answer may take, in seconds",
  json: "Print JSON lines, for programs",
  topic: "Topic",
  group: "Consumer group",
  partition: "Only this partition; may be repeated",
  seconds: "expected seconds, from 1 to 3600",
  partitionNumber: "expected a partition's number, such as 0",
  count: "expected a whole number from 1 on",
} as const;
