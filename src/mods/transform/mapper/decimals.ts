/** How digits are cut off: java.math.RoundingMode's names, in lower case. `unnecessary` refuses to cut any but zeros. */
export const ROUNDINGS = [
  "unnecessary",
  "up",
  "down",
  "ceiling",
  "floor",
  "half_up",
  "half_down",
  "half_even",
] as const;
/** One of {@link ROUNDINGS}. */
export type Rounding = typeof ROUNDINGS[number];

/**
 * A decimal text with exactly `scale` digits after its point, or undefined where `unnecessary` would have to cut digits.
 * Counts in integers, never in doubles. `text` has no exponent; a zero loses its sign, as in java.math.BigDecimal.
 */
export function roundDecimal(text: string, scale: number, rounding: Rounding): string | undefined {
  const isNegative = text.startsWith("-");
  const [whole = "0", fraction = ""] = text.slice(isNegative ? 1 : 0).split(".");
  const cut = fraction.slice(scale);
  let digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0"));
  if (/[1-9]/.test(cut)) {
    if (rounding === "unnecessary") return undefined;
    if (roundsUp(rounding, isNegative, cut, digits % 2n === 1n)) digits += 1n;
  }
  return withPoint(digits, scale, isNegative);
}

/** Whether the digits before the cut grow by one, away from zero. Something other than zeros was cut. */
function roundsUp(rounding: Rounding, isNegative: boolean, cut: string, isOdd: boolean): boolean {
  switch (rounding) {
    case "up":
      return true;
    case "ceiling":
      return !isNegative;
    case "floor":
      return isNegative;
    case "half_up":
      return half(cut) >= 0;
    case "half_down":
      return half(cut) > 0;
    case "half_even":
      return half(cut) > 0 || (half(cut) === 0 && isOdd);
    case "down":
    case "unnecessary":
      return false;
  }
}

/** How what was cut compares with a half: -1, 0 or 1. */
function half(cut: string): number {
  if (cut < "5") return -1;
  return /^50*$/.test(cut) ? 0 : 1;
}

function withPoint(digits: bigint, scale: number, isNegative: boolean): string {
  const sign = isNegative && digits !== 0n ? "-" : "";
  const text = String(digits).padStart(scale + 1, "0");
  const point = text.length - scale;
  return scale === 0 ? sign + text : `${sign}${text.slice(0, point)}.${text.slice(point)}`;
}
