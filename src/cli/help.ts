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
  return `${plain.split("\n").flatMap(wrap).join("\n")}${exitTable()}`;
}

/** A paragraph as lines; what is indented is a table or an example. */
function wrap(line: string): string[] {
  if (line.length <= WIDTH || line.startsWith(" ")) return [line];
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const end = rest.lastIndexOf(" ", WIDTH);
    if (end <= 0) break;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end + 1);
  }
  return [...lines, rest];
}
