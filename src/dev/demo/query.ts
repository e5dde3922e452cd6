import { DATABASE_URL, type Query } from "./database.ts";
import { aligned, counted } from "./words.ts";

const SHOWN = 50;

/** The answer of the demo's database to a question, as lines. */
export async function answer(query: Query, sql: string): Promise<readonly string[]> {
  const rows = await query(DATABASE_URL, sql);
  if (rows.length === 0) return ["No rows."];
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.slice(0, SHOWN).map((row) => columns.map((name) => text(row[name])));
  const numbers = columns.flatMap((name, i) => rows.every((row) => isNumber(row[name])) ? [i] : []);
  const rest = rows.length - cells.length;
  return [
    ...aligned([columns, ...cells], numbers),
    ...(rest > 0 ? [`... and ${counted(rest, "further row")}`] : []),
  ];
}

const text = (value: unknown) => value === null || value === undefined ? "" : String(value);
const isNumber = (value: unknown) => /^-?\d+(\.\d+)?$/.test(text(value));
