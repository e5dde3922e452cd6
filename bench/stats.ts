/** What several runs of one measurement say. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Median and ends of some numbers; at least one. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)! };
}

/** A spread in words: `2,360 (2,210 to 2,480)`. */
export function inWords({ median, least, most }: Spread, digits = 0): string {
  const text = (n: number) =>
    n.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${text(median)} (${text(least)} to ${text(most)})`;
}
