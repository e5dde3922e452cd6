import type { WorkUnderWay } from "../core/vitals.ts";

/** `orders[0]@12 (in database_insert)`: the message, and the mods that run for it or what else it is in. */
export function describeWork({ vitals }: { readonly vitals: WorkUnderWay }): string {
  const { topic, partition, offset } = vitals;
  const where = whereOf(vitals);
  const place = `${topic}[${partition}]@${offset}`;
  return where === "its processor" ? place : `${place} (in ${where})`;
}

/** `12 s` of so many milliseconds. */
export const inSeconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** `database_insert`, `its processor`, `its back-off`. */
export function whereOf({ stage, running }: WorkUnderWay): string {
  return stage === "processor" && running.length > 0 ? running.join(", ") : `its ${stage}`;
}
