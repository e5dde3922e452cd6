import { exitTable } from "./exit_table.ts";
import { helpText } from "./text/help.ts";

const WIDTH = 100;

// deno-lint-ignore no-control-regex
const OFF_BY_DEFAULT = / +\[(?:\x1b\[2m)?default =(?:\x1b\[22m)? false\]/g;
const OPTIONAL_FLAGS = /(?: \[--[^\]]*\](?:\.\.\.)?)+/;

/**
 * Help as stricli writes it, in our form: paragraphs wrapped, usage that is too long without its optional flags, flags that
 * are off without a word about it, and the table of exit codes at the end. Anything else that stricli writes is left as
 * it is.
 */
export function asHelp(text: string): string {
  if (!text.includes("USAGE")) return text;
  const lines = text.replace(OFF_BY_DEFAULT, "").split("\n").flatMap((line) => {
    if (!line.startsWith(" ")) return wrapped(line, "");
    return [/^ {2}datapy /.test(line) ? shortUsage(line) : line]; // the rest is a table or an example
  });
  return `${lines.join("\n")}${exitTable()}`;
}

function shortUsage(line: string): string {
  if (line.length <= WIDTH) return line;
  let said = false;
  return line.replace(new RegExp(OPTIONAL_FLAGS, "g"), () => {
    const instead = said ? "" : ` ${helpText.options}`;
    said = true;
    return instead;
  });
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
