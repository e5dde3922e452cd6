import { differingFields, type Order, orderText } from "./order.ts";
import type { StoredOrders } from "./stored_orders.ts";
import type { Offsets, TopicModel, Version } from "./topic_model.ts";

/** What is wrong in the database, a line for each order. */
export interface Comparison {
  /** Orders that are there with their last content and lines. */
  readonly right: number;
  readonly differences: readonly string[];
}

/** Compares each order of the topic, in its last state and with its lines, with what is stored. */
export function compareOrders(model: TopicModel, stored: StoredOrders): Comparison {
  const differences: string[] = [];
  for (const [id, versions] of model.versions) {
    const difference = differenceOf(versions, stored.orders.get(id));
    if (difference !== undefined) differences.push(`order ${id} ${difference}`);
  }
  const right = model.versions.size - differences.length;
  for (const id of stored.orders.keys()) {
    if (!model.versions.has(id)) differences.push(`order ${id} is in the database and not in the topic`);
  }
  return { right, differences: [...differences, ...stored.faults] };
}

function differenceOf(versions: readonly Version[], stored: Order | undefined): string | undefined {
  if (stored === undefined) return "is missing";
  const last = versions.at(-1)!.order;
  const found = orderText(stored);
  if (found === orderText(last)) return undefined;
  const fields = differingFields(stored, last).join(", ");
  const former = versions.find(({ order }) => orderText(order) === found);
  if (former === undefined) return `is wrong: ${fields}`;
  const place = versions.indexOf(former) + 1;
  return `is stale (state ${place} of ${versions.length}): ${fields}`;
}

/** The state of the database at a moment when the job was dead. */
export interface CrashFindings {
  /** Orders of which the group had committed a message. */
  readonly committed: number;
  /** Those of them that the database did not hold: committed too early, lost for ever. One line each. */
  readonly lost: readonly string[];
  /** Orders that were written and not yet committed: their messages come again. */
  readonly ahead: number;
}

/**
 * What must hold at any moment: an order is in the database in the state of its last committed message, or in a later
 * one. A message that was committed before it was written would show here, and only here if an update mends it later.
 */
export function afterCrash(model: TopicModel, committed: Offsets, stored: StoredOrders): CrashFindings {
  const lost: string[] = [];
  let [count, ahead] = [0, 0];
  for (const [id, versions] of model.versions) {
    const done = versions.filter((version) =>
      version.offset < (committed.get(version.partition) ?? 0n)
    ).length;
    if (done > 0) count++;
    const order = stored.orders.get(id);
    const state = order === undefined ? 0 : stateOf(versions, done, orderText(order));
    if (state === undefined) {
      lost.push(`order ${id} is not as one of its messages from the last committed one on has it`);
    } else if (state < done) {
      lost.push(
        `order ${id} is missing although ${done} of its messages were committed`,
      );
    } else if (state > done) ahead++;
  }
  return { committed: count, lost: [...lost, ...stored.faults], ahead };
}

/** The first state from the committed one on that looks like this: a duplicate looks like what it repeats. */
function stateOf(versions: readonly Version[], done: number, text: string): number | undefined {
  const from = Math.max(done - 1, 0);
  const at = versions.findIndex(({ order }, i) => i >= from && orderText(order) === text);
  return at < 0 ? undefined : at + 1;
}
