/** The patterns of the requirements' section 4, and the job in jobs/ that each is made from; whether it writes to a database. */
export const PATTERNS = {
  "to-db": { job: "orders", words: "from a topic into a database", database: true },
  transform: { job: "orders_transform", words: "from one topic into another", database: false },
  route: {
    job: "event_router",
    words: "from one topic into several, by what a message says",
    database: false,
  },
  long: {
    job: "long_processing",
    words: "long work on each message, which stops when it should",
    database: true,
  },
} as const;

/** Name of a pattern, as it is given to `--pattern`. */
export type Pattern = keyof typeof PATTERNS;

/** All of them, in the order in which they are shown. */
export const PATTERN_NAMES = Object.keys(PATTERNS) as readonly Pattern[];
