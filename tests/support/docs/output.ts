/** What a page states as output, against what was printed. */

/** Where the reader presses Ctrl+C: the lines before it come first, then the command is stopped. */
export const CTRL_C = "^C";

/** Time at the beginning of a log line: any time will do. */
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g;

/** Lines that belong to Deno and not to the command. */
const OF_DENO = /^(Task |Download |Check |Initialize |Installed )/;

/** A line as it is compared: any time is the same time, and so is any white space. */
function plain(line: string): string {
  return line.replaceAll(TIME, "TIME").replaceAll(/\s+/g, " ").trim();
}

/** The lines that are compared. */
export function printedLines(output: readonly string[]): readonly string[] {
  return output.filter((line) => !OF_DENO.test(line)).map(plain).filter((line) => line !== "");
}

/**
 * Whether what was printed is what the page states. A line `...` stands for any number of lines, and `...` within a line
 * for any text.
 */
export function matches(stated: readonly string[], printed: readonly string[]): boolean {
  const wanted = stated.map(plain).filter((line) => line !== "" && line !== CTRL_C);
  return matchFrom(wanted, printedLines(printed));
}

/** Whether the lines that the page states before Ctrl+C have been printed, with whatever follows. */
export function hasBegun(stated: readonly string[], printed: readonly string[]): boolean {
  const end = stated.indexOf(CTRL_C);
  return matches([...stated.slice(0, end), "..."], printed);
}

function matchFrom(wanted: readonly string[], printed: readonly string[]): boolean {
  const [first, ...rest] = wanted;
  if (first === undefined) return printed.length === 0;
  if (first !== "...") {
    const [line, ...others] = printed;
    return line !== undefined && patternOf(first).test(line) && matchFrom(rest, others);
  }
  for (let skipped = 0; skipped <= printed.length; skipped++) {
    if (matchFrom(rest, printed.slice(skipped))) return true;
  }
  return false;
}

function patternOf(line: string): RegExp {
  const parts = line.split("...").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
