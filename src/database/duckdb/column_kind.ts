/** How values are bound to a column, by its type. */
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
  /** LIST, ARRAY, STRUCT, MAP, UNION: bound as JSON text, which DuckDB casts. */
  | "nested"
  | "blob"
  /** UUID, TIME, INTERVAL, ENUM and the like: bound as they come, DuckDB casts. */
  | "other";

const KINDS: Readonly<Record<string, ColumnKind>> = {
  TINYINT: "integer",
  SMALLINT: "integer",
  INTEGER: "integer",
  BIGINT: "integer",
  HUGEINT: "integer",
  UTINYINT: "integer",
  USMALLINT: "integer",
  UINTEGER: "integer",
  UBIGINT: "integer",
  UHUGEINT: "integer",
  BIGNUM: "integer",
  DOUBLE: "float",
  FLOAT: "float",
  VARCHAR: "text",
  BOOLEAN: "boolean",
  DATE: "date",
  TIMESTAMP: "timestamp",
  TIMESTAMP_S: "timestamp",
  TIMESTAMP_MS: "timestamp",
  TIMESTAMP_NS: "timestamp",
  "TIMESTAMP WITH TIME ZONE": "timestamptz",
  JSON: "json",
  BLOB: "blob",
};

/** The kind of a type, as DuckDB names it. */
export function columnKind(type: string): ColumnKind {
  if (Object.hasOwn(KINDS, type)) return KINDS[type] ?? "other";
  if (/^DECIMAL\([\d, ]+\)$/.test(type)) return "decimal";
  if (type.endsWith("]") || /^(STRUCT|MAP|UNION)\(/.test(type)) return "nested";
  return "other";
}
