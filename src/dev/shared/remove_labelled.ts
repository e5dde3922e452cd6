import { UnavailableError } from "../../core/errors.ts";
import type { EngineAddress } from "./engine_address.ts";
import { type EngineApi, engineApi } from "./engine_api.ts";

const ROUNDS = 100;
const PAUSE_MS = 100;

/** Removes all containers that have a label from the engines that answer; resolves to how many. */
export async function removeLabelledOn(addresses: readonly EngineAddress[], label: string): Promise<number> {
  let removed = 0;
  for (const address of addresses) {
    const api = engineApi(address);
    if (await api.answers()) removed += await removeLabelled(api, label);
  }
  return removed;
}

/**
 * Removes all containers that have a label; resolves to how many. One that lends its network to others goes only after
 * them, and an engine lists them in any order: so it is tried again until none is left.
 */
export async function removeLabelled(api: EngineApi, label: string): Promise<number> {
  const removed = new Set<string>();
  let problem: unknown;
  for (let round = 0; round < ROUNDS; round++) {
    const ids = await api.labelled(label);
    if (ids.length === 0) return removed.size;
    if (round > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    for (const id of ids) {
      removed.add(id);
      await api.remove(id).catch((error) => problem = error);
    }
  }
  throw problem ?? new UnavailableError(`The container engine does not remove the containers of ${label}`);
}
