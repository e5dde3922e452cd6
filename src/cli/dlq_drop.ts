import type { CliContext } from "./context.ts";
import { change, type ChangeFlags, mark } from "./dlq_changes.ts";

/** Letters that one mark for each partition covers. */
const MOST_AT_ONCE = 1000;

/** `datapy dlq drop TOPIC` */
export async function drop(this: CliContext, flags: ChangeFlags, topic: string): Promise<void> {
  await change(this, flags, topic, {
    verb: "drop",
    pace: { size: MOST_AT_ONCE },
    alone: false, // dropping twice is dropping once
    judge: ({ done }) => done === undefined ? "take" : "done",
    work: (place, letters) => mark(place, letters, "dropped"),
  });
}
