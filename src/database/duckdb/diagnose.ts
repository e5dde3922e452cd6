import type { Doing, DuckDbSession } from "./session.ts";
import { tryCastSql } from "./statements.ts";

const MOST_ROWS = 1000;

/**
 * Which row and column do not fit, after DuckDB refused to convert a value: its message shows the value, but not where
 * it came from. Undefined where that cannot be found out. Call it outside the transaction that failed.
 */
export async function findCulprit(session: DuckDbSession, doing: Doing): Promise<string | undefined> {
  const { columns, rows, places } = doing;
  try {
    const sql = tryCastSql(columns);
    for (const [i, values] of rows.slice(0, MOST_ROWS).entries()) {
      const cast = await session.query(sql, values);
      const wrong = columns.find((_, c) => values[c] !== null && cast[0]?.[c] === null);
      if (wrong === undefined) continue;
      return `row ${places[i]}, column "${wrong.name}": a value does not fit ${wrong.type}`;
    }
  } catch {
    // a type that cannot be tried: the row stays unnamed
  }
  return undefined;
}
