/** `1,234`: numbers as people read them. */
export const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** `1 order`, `2 orders`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** How far a job has come: a bar, a count and the rate. */
export function progressText(done: number, all: number, perSecond: number | undefined): string {
  const width = 24;
  const filled = Math.floor(width * Math.min(done / Math.max(all, 1), 1));
  const bar = `[${"#".repeat(filled)}${".".repeat(width - filled)}]`;
  const rate = perSecond === undefined ? "" : `  ${count(perSecond)} a second`;
  return `${bar} ${count(done)} of ${count(all)} messages committed${rate}`;
}

/** Rows as lines with aligned columns; those that `right` names stand at the right. */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from(
    { length: columns },
    (_, i) => Math.max(...rows.map((row) => [...row[i] ?? ""].length)),
  );
  return rows.map((row) =>
    row.map((cell, i) => {
      const space = " ".repeat(widths[i]! - [...cell].length);
      return right.includes(i) ? space + cell : cell + space;
    }).join("  ").trimEnd()
  );
}
