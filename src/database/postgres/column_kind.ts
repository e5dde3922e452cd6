/** How values become a column's texts, by its type. */
export type ColumnKind =
  | "integer"
  | "decimal"
  | "float"
  | "text"
  | "boolean"
  | "date"
  | "timestamp"
  | "timestamptz"
  | "json"
  | "bytes"
  | "array"
  /** uuid, time, interval, enums, ranges, domains of these and the like: texts as they come. */
  | "other";

const KINDS: Readonly<Record<string, ColumnKind>> = {
  int2: "integer",
  int4: "integer",
  int8: "integer",
  numeric: "decimal",
  float4: "float",
  float8: "float",
  text: "text",
  varchar: "text",
  bpchar: "text",
  name: "text",
  citext: "text",
  bool: "boolean",
  date: "date",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  json: "json",
  jsonb: "json",
  bytea: "bytes",
};

/** The kind of a type, by its name in `pg_type`; an array's begins with `_`. */
export function columnKind(typeName: string): ColumnKind {
  if (typeName.startsWith("_")) return "array";
  return Object.hasOwn(KINDS, typeName) ? KINDS[typeName] ?? "other" : "other";
}
