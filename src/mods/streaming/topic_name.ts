import { z } from "../../deps/zod.ts";

/** A topic's name as brokers take it (org.apache.kafka.common.internals.Topic): without asking one. */
export const topicName = z.string().regex(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/, {
  error: "expected a topic's name: 1 to 249 letters, digits, dots, underscores and hyphens, not . or ..",
});
