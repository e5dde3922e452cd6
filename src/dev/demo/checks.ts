import { aligned, count } from "./words.ts";

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

/** The checks as lines of a table, the header first; each ends with its verdict. */
export function checkTable(checks: readonly Check[]): readonly string[] {
  const rows = checks.map((check) => [
    check.what,
    count(check.expected),
    count(check.found),
    holds(check) ? "ok" : "WRONG",
  ]);
  return aligned([["", "expected", "found"], ...rows], [1, 2]);
}

/** Of each check: more would only scroll the table away. */
const SHOWN = 10;

/** What is off, check by check. */
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
