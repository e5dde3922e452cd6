import { z } from "../../../deps/zod.ts";
import { ConfigurationError } from "../../../core/errors.ts";
import { CASTS, castValue, dayOf } from "../casts.ts";
import { type DatePattern, datePattern } from "./date_pattern.ts";
import { roundDecimal, type Rounding, ROUNDINGS } from "./decimals.ts";
import { writeJson } from "./json_write.ts";
import { instantOf, type TimeZone, timeZone, UTC } from "./time_zone.ts";

/** What a column or a field can be cast to: the simple casts, and `json`, the value as JSON text. */
export const TYPES = [...CASTS, "json"] as const;
/** One of {@link TYPES}. */
export type Type = typeof TYPES[number];

/** How a cast reads, writes and rounds; a parameter's part. */
export const castOptions = {
  format: z.string().min(1).optional().meta({
    description:
      'Date pattern in the letters of Java\'s SimpleDateFormat: "dd.MM.yyyy HH:mm". timestamp and date ' +
      "read texts by it, string writes times by it.",
  }),
  zone: z.string().min(1).optional().meta({
    description:
      'Time zone of texts that name none, and of what is written: "Europe/Berlin", "UTC", "+02:00".',
  }),
  scale: z.int().min(0).max(1000).optional().meta({
    description: "decimal: digits after the point, exactly as many.",
  }),
  rounding: z.enum(ROUNDINGS).optional().meta({
    description:
      "decimal with scale, integer: how further digits are cut off, by java.math.RoundingMode. Default " +
      "unnecessary: a value that would lose digits cannot be cast.",
  }),
} as const;

/** A cast as it stands in parameters: a type, or an object that says more. */
export const castSchema = z.union([z.enum(TYPES), z.strictObject({ type: z.enum(TYPES), ...castOptions })]);
/** What {@link castSchema} takes. */
export type CastSpec = z.output<typeof castSchema>;
type CastSettings = Exclude<CastSpec, string>;

/** A cast that was checked. */
export interface PlannedCast {
  /** What it casts to, in words for errors. */
  readonly label: string;
  /** The value as that type, or undefined where it cannot be. Null is not handed in. */
  cast(value: unknown): unknown;
}

const TAKES: Readonly<Record<Type, readonly (keyof typeof castOptions)[]>> = {
  string: ["format", "zone"],
  integer: ["rounding"],
  number: [],
  decimal: ["scale", "rounding"],
  boolean: [],
  timestamp: ["format", "zone"],
  date: ["format", "zone"],
  json: [],
};

/** Checks a cast. Throws a `ConfigurationError` where its options do not fit its type, or a pattern or zone is wrong. */
export function planCast(spec: CastSpec): PlannedCast {
  if (typeof spec === "string") return { label: spec, cast: simple(spec, UTC) };
  check(spec);
  const zone = spec.zone === undefined ? UTC : timeZone(spec.zone);
  const { type, format, scale, rounding = "unnecessary" } = spec;
  if (format !== undefined) {
    const pattern = datePattern(format);
    if (type !== "string" && !pattern.reads) {
      throw new ConfigurationError(
        `the date pattern ${JSON.stringify(format)} has no year: ${type} needs one`,
      );
    }
    return {
      label: `${type} by the pattern ${JSON.stringify(format)}`,
      cast: byPattern(type, pattern, zone),
    };
  }
  if (type === "decimal" && scale !== undefined) {
    const label = `decimal with scale ${scale}${rounding === "unnecessary" ? " without rounding" : ""}`;
    return { label, cast: (value) => rounded(value, scale, rounding) };
  }
  if (type === "integer" && spec.rounding !== undefined) {
    return {
      label: "integer",
      cast: (value) => castValue(rounded(value, 0, rounding), "integer"),
    };
  }
  return { label: type, cast: simple(type, zone) };
}

function check(spec: CastSettings): void {
  const takes = TAKES[spec.type];
  for (const option of Object.keys(castOptions) as (keyof typeof castOptions)[]) {
    if (spec[option] === undefined || takes.includes(option)) continue;
    const known = takes.length === 0 ? "it takes no options" : `it takes ${takes.join(" and ")}`;
    throw new ConfigurationError(`a cast to ${spec.type} has no ${option}: ${known}`);
  }
  if (spec.type === "string" && spec.zone !== undefined && spec.format === undefined) {
    throw new ConfigurationError(
      "a cast to string with a zone needs a format, such as yyyy-MM-dd'T'HH:mm:ssXXX",
    );
  }
  if (spec.type === "decimal" && spec.rounding !== undefined && spec.scale === undefined) {
    throw new ConfigurationError("a cast to decimal with rounding needs a scale");
  }
}

function simple(type: Type, zone: TimeZone): (value: unknown) => unknown {
  return type === "json" ? writeJson : (value) => castValue(value, type, zone);
}

/** Texts are read by the pattern alone; a Date and Unix milliseconds are taken as without one. */
function byPattern(type: Type, pattern: DatePattern, zone: TimeZone): (value: unknown) => unknown {
  if (type === "string") {
    return (value) => {
      const time = castValue(value, "timestamp", zone) as Date | undefined;
      const day = time === undefined ? undefined : dayOf(time.getTime() + zone.offsetAt(time.getTime()));
      return day === undefined ? undefined : pattern.write((time as Date).getTime(), zone);
    };
  }
  return (value) => {
    if (typeof value !== "string") return castValue(value, type as "timestamp" | "date", zone);
    const time = pattern.read(value);
    if (time === undefined) return undefined;
    if (type === "timestamp") return new Date(instantOf(time, zone));
    if (time.offset === undefined) return dayOf(time.local);
    const instant = time.local - time.offset;
    return dayOf(instant + zone.offsetAt(instant));
  };
}

function rounded(value: unknown, scale: number, rounding: Rounding): string | undefined {
  const text = castValue(value, "decimal") as string | undefined;
  return text === undefined ? undefined : roundDecimal(text, scale, rounding);
}
