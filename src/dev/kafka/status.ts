import { externalKafka } from "./external.ts";
import { answersKafka } from "./ready.ts";
import { conditionOf, silentOf, splitAddress } from "./running.ts";
import { type KafkaState, readState } from "./state.ts";
import type { Tools } from "../shared/tools.ts";

/** How the Kafka of `up`, or the one that DATAPY_KAFKA names, is doing. */
export type KafkaStatus =
  | { readonly kind: "external"; readonly bootstrap: string; readonly answers: boolean }
  | {
    readonly kind: "up";
    readonly state: KafkaState;
    /** Whether all of its brokers answer. */
    readonly answers: boolean;
    /** Addresses of those that do not. */
    readonly silent: readonly string[];
  }
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
  const silent = await silentOf(tools, state);
  return { kind: "up", state, answers: silent.length === 0, silent };
}
