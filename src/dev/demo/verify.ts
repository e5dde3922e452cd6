import type { Check } from "./checks.ts";
import { compareOrders, type CrashFindings } from "./compare.ts";
import { compareSkipped } from "./skipped.ts";
import type { StoredOrders } from "./stored_orders.ts";
import { type Offsets, type TopicModel, total } from "./topic_model.ts";

/** What was found when all was over. */
export interface Findings {
  readonly stored: StoredOrders;
  /** Places of the messages that the job's log calls skipped. */
  readonly skipped: ReadonlySet<string>;
  readonly committed: Offsets;
  readonly ends: Offsets;
  /** The database while the job was dead. */
  readonly crash: CrashFindings;
  /** Of the job, after SIGTERM. */
  readonly exitCode: number;
}

/** Compares what was found with what the topic says. */
export function verify(model: TopicModel, findings: Findings): readonly Check[] {
  const { stored, skipped, committed, ends, crash, exitCode } = findings;
  const orders = compareOrders(model, stored);
  const lines = stored.orders.values().reduce((sum, order) => sum + order.lines.length, 0);
  return [
    {
      what: "orders in the database, latest content and lines",
      expected: model.versions.size,
      found: orders.right,
      differences: orders.differences,
    },
    { what: "lines of these orders", expected: model.lines, found: lines, differences: [] },
    {
      what: "malformed messages skipped, and no others",
      expected: model.malformed.size,
      found: skipped.size,
      differences: compareSkipped(model.malformed, skipped),
    },
    {
      what: "messages committed, to the end of each partition",
      expected: model.size,
      found: total(committed),
      differences: compareOffsets(model.ends, committed, ends),
    },
    {
      what: "orders committed before the crash, and safe",
      expected: crash.committed,
      found: Math.max(crash.committed - crash.lost.length, 0),
      differences: crash.lost,
    },
    { what: "exit code after SIGTERM", expected: 0, found: exitCode, differences: [] },
  ];
}

function compareOffsets(written: Offsets, committed: Offsets, ends: Offsets): readonly string[] {
  const differences: string[] = [];
  for (const [partition, end] of ends) {
    const [own, done] = [written.get(partition) ?? 0n, committed.get(partition) ?? 0n];
    if (own !== end) differences.push(`partition ${partition} ends at ${end}, the demo wrote up to ${own}`);
    if (done !== end) {
      differences.push(`partition ${partition} is committed up to ${done}, its end is ${end}`);
    }
  }
  return differences;
}
