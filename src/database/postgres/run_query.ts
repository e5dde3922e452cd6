import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import type { QueryOptions, QueryValues } from "../database.ts";
import type { Answer, Connection } from "./connection.ts";
import { serverFailure } from "./failure.ts";
import type { OwnTypes } from "./own_types.ts";
import { readQuery } from "../query_text.ts";
import { queryValues } from "./query_values.ts";
import { parserOf } from "./results.ts";
import { commitUnknown } from "./session.ts";
import { failureError, isOurs, lostError } from "./write_error.ts";

/** What only reads, and what may write, by the first word; the others would change the session, or reach files. */
const READS = ["SELECT", "VALUES", "TABLE", "SHOW"];
const WRITES = [
  ...[
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "WITH",
    "EXPLAIN",
    "CREATE",
    "ALTER",
    "DROP",
    "TRUNCATE",
    "COMMENT",
  ],
  ...["GRANT", "REVOKE", "ANALYZE", "REFRESH", "CALL", "DO"],
];

/**
 * Runs one statement; one that may write within a transaction, so that too many rows, or a signal, undo it. Rejects as
 * `Database.query` says.
 */
export async function runQuery(
  connection: Connection,
  database: string,
  sql: string,
  values: QueryValues,
  options: QueryOptions,
  types: OwnTypes,
): Promise<readonly Row[]> {
  let isRead = true;
  let isCommitting = false;
  try {
    const text = readQuery(sql);
    isRead = isReadOnly(text.firstWord);
    const texts = queryValues(text, values);
    if (!isRead) await connection.run("BEGIN", [], { signal: options.signal });
    const answer = await connection.run(text.sql, texts, { ...options, parser: parserOf, single: true });
    const rows = rowsOf(answer, options.maxRows, answer.isCut ? [] : await types.read(connection, answer));
    if (isRead) return rows;
    options.signal?.throwIfAborted();
    isCommitting = true;
    await connection.run("COMMIT"); // nothing cancels it: its outcome would not be known
    return rows;
  } catch (error) {
    if (!isRead && connection.isUsable) await connection.run("ROLLBACK").catch(() => connection.destroy());
    const failure = serverFailure(error);
    if (isCommitting && (failure === undefined || failure.fatal)) throw commitUnknown(database);
    throw queryError(error, database);
  }
}

function isReadOnly(firstWord: string): boolean {
  const word = firstWord.toUpperCase();
  if (READS.includes(word)) return true;
  if (WRITES.includes(word)) return false;
  throw new ConfigurationError(
    word === ""
      ? "the statement is empty"
      : `${word} statements are not for queries: expected one that reads or writes rows, or defines tables`,
  );
}

/** Why a query failed, in the project's kinds, without a value of its rows. */
function queryError(error: unknown, database: string): Error {
  const doing = `Cannot query ${database}`;
  const failure = serverFailure(error);
  if (failure !== undefined) return failureError(failure, doing);
  if (error instanceof PermanentError) return new PermanentError(`${doing}: ${error.message}`);
  if (error instanceof ConfigurationError) return new ConfigurationError(`${doing}: ${error.message}`);
  return isOurs(error) ? error : lostError(error, doing);
}

function rowsOf(
  { fields, isCut }: Answer,
  maxRows: number | undefined,
  rows: readonly (readonly unknown[])[],
): readonly Row[] {
  if (isCut) {
    throw new ConfigurationError(
      `there are more rows than max_rows, which is ${maxRows}: ask for fewer by WHERE or LIMIT, or raise it`,
    );
  }
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ConfigurationError(
      `two columns of the result are called "${twice}": name one of them anew, by AS`,
    );
  }
  return rows.map((values) => Object.fromEntries(values.map((value, i) => [names[i], value])));
}
