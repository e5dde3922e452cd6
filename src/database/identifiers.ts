import { ConfigurationError } from "../core/errors.ts";

/**
 * A name of a table or column as SQL takes it, whatever is in it: in double quotes, with those in it doubled (the SQL
 * standard's way; DuckDB and PostgreSQL read it alike). Throws a `ConfigurationError` for what cannot be a name: an
 * empty text, a NUL (which would cut the statement off), half a surrogate pair (which would become another name).
 */
export function quoteIdentifier(name: string): string {
  if (name === "") throw new ConfigurationError("a table or column has an empty name");
  if (name.includes("\0") || !name.isWellFormed()) {
    throw new ConfigurationError(
      "the name of a table or column holds a NUL character or half a surrogate pair, which no database takes",
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** Whether two names are one to a database that ignores the case of ASCII letters, as DuckDB does even for quoted names. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
