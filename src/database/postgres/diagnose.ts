import type { Connection } from "./connection.ts";
import { serverFailure } from "./failure.ts";
import type { Doing } from "./session.ts";
import { castSql } from "./statements.ts";
import type { Column } from "./table_schema.ts";

/**
 * Which row and column do not fit, after the server refused to read a value: it says the value, but not where it came
 * from. Undefined where that cannot be found out. Call it outside the transaction that failed.
 */
export async function findCulprit(connection: Connection, doing: Doing): Promise<string | undefined> {
  try {
    for (const [i, column] of doing.columns.entries()) {
      const texts = doing.values[i] ?? [];
      if (await fits(connection, column, texts)) continue;
      let [from, to] = [0, texts.length];
      while (to - from > 1) {
        const middle = (from + to) >> 1;
        if (await fits(connection, column, texts.slice(from, middle))) from = middle;
        else to = middle;
      }
      return `row ${doing.places[from]}, column "${column.name}": a value does not fit ${column.type}`;
    }
  } catch {
    // the connection was lost: the row stays unnamed
  }
  return undefined;
}

async function fits(
  connection: Connection,
  column: Column,
  texts: readonly (string | null)[],
): Promise<boolean> {
  try {
    await connection.run(castSql(column), [texts]);
    return true;
  } catch (error) {
    if (serverFailure(error)?.kind === "permanent") return false;
    throw error;
  }
}
