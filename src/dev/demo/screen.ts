import type { Process } from "../../runtime/process.ts";
import type { Report } from "../kafka/broker.ts";

/** What a screen needs of the process. */
export type ScreenProcess = Pick<Process, "env" | "writeOut" | "outIsTerminal">;

/** Standard output: lines that stay, one line that moves (on a terminal only), and colours where they are wanted. */
export class Screen implements Report {
  readonly #process: ScreenProcess;
  readonly #live: boolean;
  readonly #colours: boolean;
  /** Width of the terminal; a longer progress line would leave its remains. */
  readonly #columns: () => number;
  #shown = false;

  constructor(process: ScreenProcess, columns: () => number) {
    this.#process = process;
    this.#columns = columns;
    this.#live = process.outIsTerminal && process.env("TERM") !== "dumb";
    this.#colours = this.#live && !process.env("NO_COLOR");
  }

  line(text = ""): void {
    this.#process.writeOut(`${this.#clear()}${text}\n`);
  }

  progress(text: string | undefined): void {
    if (!this.#live) return;
    const clear = this.#clear();
    if (text === undefined) return clear === "" ? undefined : this.#process.writeOut(clear);
    this.#shown = true;
    this.#process.writeOut(`${clear}${[...text].slice(0, this.#columns() - 1).join("")}`);
  }

  bold(text: string): string {
    return this.#coloured("1", text);
  }

  faint(text: string): string {
    return this.#coloured("2", text);
  }

  good(text: string): string {
    return this.#coloured("32", text);
  }

  bad(text: string): string {
    return this.#coloured("31", text);
  }

  #coloured(code: string, text: string): string {
    return this.#colours ? `\x1b[${code}m${text}\x1b[0m` : text;
  }

  #clear(): string {
    if (!this.#shown) return "";
    this.#shown = false;
    return "\r\x1b[2K";
  }
}

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
  return `   ${bar} ${count(done)} of ${count(all)} messages committed${rate}`;
}
