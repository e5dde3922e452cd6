import { EXIT_CODES } from "../job/exit_codes.ts";
import { exitText } from "./text/exit.ts";

/** The table of exit codes, by which every help ends. */
export function exitTable(): string {
  const lines = Object.entries(EXIT_CODES).map(([name, code]) =>
    `  ${String(code).padEnd(5)}${exitText.codes[name as keyof typeof EXIT_CODES]}`
  );
  return `\n${exitText.title}\n${lines.join("\n")}\n`;
}
