import assert from "node:assert/strict";
import type { Message } from "../../../mod.ts";
import type { Bed } from "./bed.ts";
import { Consuming } from "./consuming.ts";

/** The messages of topics, as kafka_consumer hands them out; `count` must be all of them. */
export async function consumeAll(
  bed: Bed,
  topics: readonly string[],
  count: number,
): Promise<readonly Message[]> {
  const messages: Message[] = [];
  const consuming = await Consuming.start(bed, { topics, group_id: bed.group() }, (message) => {
    messages.push(message);
    return { status: "success" };
  });
  await bed.waitFor(
    () => messages.length >= count,
    () => `${count} messages, saw ${messages.length}`,
    60_000,
  );
  const { artifacts } = await consuming.stop();
  assert.equal(artifacts.stats.processed, count);
  return messages;
}
