import { ConfigurationError, PermanentError } from "../../core/errors.ts";
import type { Row } from "../../core/rows.ts";
import type { QueryOptions, QueryValues } from "../database.ts";
import type { Answer, Connection } from "./connection.ts";
import { serverFailure } from "./failure.ts";
import { readQuery } from "./query_text.ts";
import { queryValues } from "./query_values.ts";
import { parserOf } from "./results.ts";
import { commitUnknown } from "./session.ts";
import { failureError, isOurs, lostError } from "./write_error.ts";

/** What only reads by its first word; everything else may write. */
const READS = /^\s*(select|values|table|show)\b/i;

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
): Promise<readonly Row[]> {
  const isRead = READS.test(sql);
  let isCommitting = false;
  try {
    const text = readQuery(sql);
    const texts = queryValues(text, values);
    if (!isRead) await connection.run("BEGIN", [], { signal: options.signal });
    const answer = await connection.run(text.sql, texts, { ...options, parser: parserOf, single: true });
    const rows = rowsOf(answer, options.maxRows);
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

/** Why a query failed, in the project's kinds, without a value of its rows. */
function queryError(error: unknown, database: string): Error {
  const doing = `Cannot query ${database}`;
  const failure = serverFailure(error);
  if (failure !== undefined) return failureError(failure, doing);
  if (error instanceof PermanentError) return new PermanentError(`${doing}: ${error.message}`);
  if (error instanceof ConfigurationError) return new ConfigurationError(`${doing}: ${error.message}`);
  return isOurs(error) ? error : lostError(error, doing);
}

function rowsOf({ rows, fields, isCut }: Answer, maxRows: number | undefined): readonly Row[] {
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
