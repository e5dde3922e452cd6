import { count } from "./screen.ts";

/** One thing that was checked. */
export interface Check {
  readonly what: string;
  readonly expected: number;
  readonly found: number;
  /** What is off, a line each; none where all is well. */
  readonly differences: readonly string[];
}

/** Whether nothing is off. */
export const holds = (check: Check): boolean =>
  check.differences.length === 0 && check.expected === check.found;

/** The checks as a table of aligned columns, the header first. */
export function checkTable(checks: readonly Check[]): readonly string[] {
  const cells = [
    ["", "expected", "found", ""],
    ...checks.map((
      check,
    ) => [check.what, count(check.expected), count(check.found), holds(check) ? "ok" : "WRONG"]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells.map((row) =>
    row.map((cell, i) => i === 1 || i === 2 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)).join("  ")
      .trimEnd()
  );
}

const SHOWN = 10;

/** What is off, check by check; at most ten lines each. */
export function differenceLines(checks: readonly Check[]): readonly string[] {
  return checks.filter((check) => !holds(check)).flatMap(({ what, expected, found, differences }) => {
    const more = differences.length - SHOWN;
    return [
      `${what}: expected ${count(expected)}, found ${count(found)}`,
      ...differences.slice(0, SHOWN).map((difference) => `  - ${difference}`),
      ...(more > 0 ? [`  ... and ${count(more)} more`] : []),
    ];
  });
}
