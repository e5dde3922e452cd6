import { externalKafka } from "./external.ts";
import { answersKafka } from "./ready.ts";
import { conditionOf, splitAddress } from "./running.ts";
import { type KafkaState, readState } from "./state.ts";
import type { Tools } from "../shared/tools.ts";

/** How the Kafka of `up`, or the one that DATAPY_KAFKA names, is doing. */
export type KafkaStatus =
  | { readonly kind: "external"; readonly bootstrap: string; readonly answers: boolean }
  | { readonly kind: "up"; readonly state: KafkaState; readonly answers: boolean }
  | { readonly kind: "down" };

/** Looks, and changes nothing. */
export async function status(tools: Tools): Promise<KafkaStatus> {
  const external = externalKafka(tools);
  if (external !== undefined) {
    const [host, port] = splitAddress(external);
    return { kind: "external", bootstrap: external, answers: await answersKafka(tools.ports, host, port) };
  }
  const state = await readState(tools);
  if (state === undefined) return { kind: "down" };
  const condition = await conditionOf(tools, state);
  if (condition === "gone" || condition === "stopped") return { kind: "down" };
  return { kind: "up", state, answers: condition === "answers" };
}
