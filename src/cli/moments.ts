import type { KafkaAdmin, PartitionBounds } from "../kafka/admin.ts";

/** A place in a topic, as it is written on the command line. */
export type Moment =
  | { readonly kind: "earliest" }
  | { readonly kind: "latest" }
  | { readonly kind: "offset"; readonly offset: bigint }
  /** Unix time in milliseconds. */
  | { readonly kind: "time"; readonly at: number }
  /** So many milliseconds before now. */
  | { readonly kind: "ago"; readonly ms: number }
  /** So many records before the end. */
  | { readonly kind: "last"; readonly count: number };

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** What can stand for a moment, for errors and help. */
export const MOMENTS =
  "earliest, latest, an offset, a time such as 2026-01-31T08:00:00Z, or -15m (s, m, h, d)";

/**
 * Reads a moment. Throws a `RangeError` that says what can be written. `-N`, for the last N records, is read only where
 * `last` allows it.
 */
export function parseMoment(text: string, last = false): Moment {
  if (text === "earliest" || text === "latest") return { kind: text };
  if (/^\d{1,19}$/.test(text)) return { kind: "offset", offset: BigInt(text) };
  const ago = /^-(\d{1,9})([smhd])$/.exec(text);
  if (ago !== null) return { kind: "ago", ms: Number(ago[1]) * (UNITS[ago[2] ?? ""] ?? 0) * 1000 };
  if (last && /^-\d{1,6}$/.test(text)) return { kind: "last", count: -Number(text) };
  if (TIME.test(text)) return parseTime(text);
  throw new RangeError(`expected ${MOMENTS}${last ? ", or -20 for the last 20 records" : ""}`);
}

function parseTime(text: string): Moment {
  if (!/(Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes("T")) {
    const full = text.includes("T") ? text : `${text}T00:00:00`;
    throw new RangeError(`say the time zone too: ${full}Z, or ${full}+01:00`);
  }
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  if (Number.isNaN(at)) throw new RangeError("there is no such time");
  return { kind: "time", at };
}

/** Offsets of a moment by partition, within what each log holds. */
export async function offsetsOf(
  moment: Moment,
  topic: string,
  admin: Pick<KafkaAdmin, "offsetsAt">,
  bounds: ReadonlyMap<number, PartitionBounds>,
  now: number,
): Promise<ReadonlyMap<number, bigint>> {
  if (moment.kind === "time" || moment.kind === "ago") {
    const at = moment.kind === "time" ? moment.at : now - moment.ms;
    const found = await admin.offsetsAt(topic, at);
    return new Map([...bounds].map(([partition, { end }]) => [partition, found.get(partition) ?? end]));
  }
  return new Map([...bounds].map(([partition, bound]) => [partition, offsetIn(moment, bound)]));
}

type PlainMoment = Exclude<Moment, { kind: "time" | "ago" }>;

function offsetIn(moment: PlainMoment, { beginning, end }: PartitionBounds): bigint {
  switch (moment.kind) {
    case "earliest":
      return beginning;
    case "latest":
      return end;
    case "offset":
      return within(moment.offset, beginning, end);
    case "last":
      return within(end - BigInt(moment.count), beginning, end);
  }
}

function within(offset: bigint, least: bigint, most: bigint): bigint {
  return offset < least ? least : offset > most ? most : offset;
}
