import { ConfigurationError, PermanentError, UnavailableError } from "../../core/errors.ts";
import { duckDbFailure } from "./error_kinds.ts";
import { type KeyConstraint, type TableSchema, tableText } from "./table_schema.ts";

/** What was being done when DuckDB refused. */
export interface WritePlace {
  /** The database's name. */
  readonly database: string;
  /** The table that was written; undefined outside a statement, as in a commit. */
  readonly schema: TableSchema | undefined;
  /** A key that the write made unique by itself, so that a duplicate of it is none of the rows' doing. */
  readonly ensuredKey: readonly { readonly name: string }[] | undefined;
  /** Which row and column do not fit, where that was found out. */
  readonly culprit: string | undefined;
}

/**
 * Why a write failed, in the project's kinds. DuckDB puts values of the rows into its messages, and causes are printed:
 * so neither the message nor a cause of what is returned holds what DuckDB said of values. Errors that are not DuckDB's
 * are handed back as they are.
 */
export function writeError(error: unknown, place: WritePlace): Error {
  const failure = duckDbFailure(error);
  if (failure === undefined) return error as Error;
  const { type, kind, message } = failure;
  const where = place.schema === undefined
    ? place.database
    : `"${tableText(place.schema)}" in ${place.database}`;
  const text = (reason: string) => `Cannot write to ${where}: ${reason}`;
  if (type === "Constraint") {
    const { reason, ofTheJob } = constraintReason(message, place);
    return ofTheJob ? new ConfigurationError(text(reason)) : new PermanentError(text(reason));
  }
  switch (kind) {
    case "configuration":
      return new ConfigurationError(text(`${type} Error: ${firstPart(message)}`));
    case "unavailable":
      return new UnavailableError(text(`${type} Error: ${withoutQuoted(firstPart(message))}`));
    default:
      return new PermanentError(text(place.culprit ?? `a value does not fit its column (${type} Error)`));
  }
}

/** DuckDB shows the statement below an empty line. */
export function firstPart(message: string): string {
  return message.split(/\n\s*\n/)[0]?.replace(/\s+/g, " ") ?? "";
}

/** Everything from the first quotation mark to the last is left out: it may be a value, with quotation marks in it. */
export function withoutQuoted(text: string): string {
  return text.replace(/(["']).*\1/s, "…");
}

export interface ConstraintReason {
  readonly reason: string;
  /** The table is not made for what the job does with it; no other message would do better. */
  readonly ofTheJob?: boolean;
}

export function constraintReason(
  message: string,
  { schema, ensuredKey }: Pick<WritePlace, "schema" | "ensuredKey">,
): ConstraintReason {
  const notNull = /^NOT NULL constraint failed: ([\s\S]+)$/.exec(message)?.[1];
  if (notNull !== undefined) return { reason: `column ${columnIn(notNull, schema)} must not be null` };
  const check = /^CHECK constraint failed on table [\s\S]+? with expression ([\s\S]+)$/.exec(message)?.[1];
  if (check !== undefined) return { reason: `a row does not satisfy ${check}` };
  if (message.includes("foreign key constraint")) return foreignKeyReason(message, schema);
  if (message.includes("violates primary key") && isPrimaryKey(schema, ensuredKey)) {
    return {
      reason:
        "its indexes and its rows contradict each other: the file is damaged, as DuckDB 1.5 can do after a " +
        "crash to tables with further indexes; EXPORT DATABASE and IMPORT DATABASE make a sound copy",
      ofTheJob: true,
    };
  }
  if (/duplicate key/i.test(message)) return { reason: duplicateReason(message, schema) };
  return { reason: "a row violates a constraint of the table" };
}

function isPrimaryKey(schema: TableSchema | undefined, key: WritePlace["ensuredKey"]): boolean {
  const primary = schema?.keys.find(({ kind }) => kind === "PRIMARY KEY")?.columns ?? [];
  return primary.length > 0 && primary.length === key?.length &&
    primary.every((column) => key.some(({ name }) => name === column));
}

/** `orders.amount`, as DuckDB has it, without the table. */
function columnIn(text: string, schema: TableSchema | undefined): string {
  const prefix = `${schema?.name}.`;
  return JSON.stringify(text.startsWith(prefix) ? text.slice(prefix.length) : text);
}

function duplicateReason(message: string, schema: TableSchema | undefined): string {
  const kind = message.includes("violates primary key")
    ? "PRIMARY KEY"
    : message.includes("violates unique")
    ? "UNIQUE"
    : undefined; // within one statement DuckDB says neither which nor by what columns
  const keys = schema?.keys.filter((key) => kind === undefined ? isUnique(key) : key.kind === kind) ?? [];
  // the message has the columns with their values: the columns are looked for, the values are never taken
  const meant = keys.filter(({ columns }) => kind !== "UNIQUE" || message.includes(`key "${columns[0]}: `));
  const what = kind === undefined ? "key" : kind === "UNIQUE" ? "unique constraint" : "primary key";
  return `a row with the same ${what}${columnsOf(meant)} is there already, or comes twice`;
}

const isUnique = ({ kind }: KeyConstraint) => kind === "PRIMARY KEY" || kind === "UNIQUE";

function foreignKeyReason(message: string, schema: TableSchema | undefined): ConstraintReason {
  if (message.includes("still referenced")) {
    return {
      reason:
        "rows of another table refer to a row that would be changed or replaced, by a foreign key (DuckDB " +
        "carries out updates of indexed and nested columns by deleting: such a table cannot be referred to)",
      ofTheJob: true,
    };
  }
  const keys = schema?.keys.filter(({ kind }) => kind === "FOREIGN KEY") ?? [];
  const meant = keys.filter(({ referencedColumns }) => message.includes(`key "${referencedColumns[0]}: `));
  const to = meant.length === 1 ? `table "${meant[0]?.referencedTable}"` : "another table";
  return { reason: `a row refers to a row of ${to} that is not there (foreign key${columnsOf(meant)})` };
}

function columnsOf(keys: readonly KeyConstraint[]): string {
  return keys.length === 0 ? "" : ` (${keys.map(({ columns }) => columns.join(", ")).join(") or (")})`;
}
