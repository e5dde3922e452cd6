import { exitTable } from "./exit_table.ts";

const WIDTH = 100;

/**
 * Help as stricli writes it, in our form: paragraphs wrapped, flags that are off without a word about it, and the table of
 * exit codes at the end. Anything else that stricli writes is left as it is.
 */
export function asHelp(text: string): string {
  if (!text.includes("USAGE")) return text;
  // deno-lint-ignore no-control-regex
  const plain = text.replace(/ +(\x1b\[2m)?\[(\x1b\[2m)?default = (\x1b\[22m)?false\](\x1b\[22m)?/g, "");
  // what is indented is a table or an example
  const lines = plain.split("\n").flatMap((line) => line.startsWith(" ") ? [line] : wrapped(line, ""));
  return `${lines.join("\n")}${exitTable()}`;
}

/** A paragraph as lines of at most 100 characters, each behind an indent. */
export function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (indent.length + rest.length > WIDTH) {
    const end = rest.lastIndexOf(" ", WIDTH - indent.length);
    if (end <= 0) break;
    lines.push(indent + rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return [...lines, indent + rest];
}
