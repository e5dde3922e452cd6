import { exactJson } from "../core/exact_json.ts";
import type { CliContext } from "./context.ts";

/** A value as one line of JSON; big integers by all their digits. */
export function jsonLine(value: unknown): string {
  return `${exactJson(value)}\n`;
}

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | bigint | null;
  /** Numbers stand right. */
  readonly right?: boolean;
}

/** Rows below their titles, columns two spaces apart; what is null is a dash. The titles are bold where colours are wanted. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], bold: boolean): string {
  const cells = rows.map((row) => columns.map((column) => String(column.of(row) ?? "-")));
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...cells.map((line) => line[i]?.length ?? 0))
  );
  const line = (texts: readonly string[]) =>
    texts.map((text, i) => columns[i]?.right ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0))
      .join("  ").trimEnd();
  const titles = line(columns.map(({ title }) => title));
  return [bold ? `\x1b[1m${titles}\x1b[22m` : titles, ...cells.map(line)].map((text) => `${text}\n`).join("");
}

/** Whether colours are wanted on standard output: a terminal, and no NO_COLOR. */
export function hasColours(context: CliContext): boolean {
  return (context.process.stdout.getColorDepth?.() ?? 1) >= 4;
}

/** Prints rows to standard output: JSON lines for programs, a table for people; no table where there is no row. */
export function printRows<Row>(
  context: CliContext,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  json: boolean,
): void {
  if (json) return context.machine.writeOut(rows.map(jsonLine).join(""));
  if (rows.length > 0) context.machine.writeOut(table(columns, rows, hasColours(context)));
}

/** Words for people, to standard error. */
export function say(context: CliContext, words: string): void {
  context.machine.writeError(`${words}\n`);
}
