/**
 * The patterns of the requirements' section 4: the job in jobs/ that each is made from, and the settings of its topic and of
 * its database, which is undefined where it writes to none.
 */
export const PATTERNS = {
  "to-db": {
    job: "orders",
    words: "from a topic into a database",
    topic: "kafka.input_topic",
    database: "database.url",
  },
  transform: {
    job: "orders_transform",
    words: "from one topic into another",
    topic: "kafka.input_topic",
    database: undefined,
  },
  route: {
    job: "event_router",
    words: "from one topic into several, by what a message says",
    topic: "router.input_topic",
    database: undefined,
  },
  long: {
    job: "long_processing",
    words: "long work on each message, which stops when it should",
    topic: "kafka.input_topic",
    database: "scoring.database_url",
  },
} as const;

/** Name of a pattern, as it is given to `--pattern`. */
export type Pattern = keyof typeof PATTERNS;

/** The variable that wins over a setting: `KAFKA_INPUT_TOPIC` over `kafka.input_topic`. */
export const variableOf = (setting: string): string => setting.replaceAll(".", "_").toUpperCase();

/** All of them, in the order in which they are shown. */
export const PATTERN_NAMES = Object.keys(PATTERNS) as readonly Pattern[];
