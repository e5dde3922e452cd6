import type { Process } from "../../runtime/process.ts";
import type { Report } from "../shared/report.ts";

/** What a screen needs of the process. */
export type ScreenProcess = Pick<Process, "env" | "writeOut" | "outIsTerminal">;

const INDENT = "   ";

/** Standard output: lines that stay, one line that moves (on a terminal only), and colours where they are wanted. */
export class Screen implements Report {
  readonly #process: ScreenProcess;
  readonly #live: boolean;
  readonly #colours: boolean;
  /** Width of the terminal; a longer progress line would leave its remains. */
  readonly #columns: () => number;
  #shown: string | undefined;
  #steps = 0;

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
    if (!this.#live || text === this.#shown) return;
    const clear = this.#clear();
    if (text === undefined) return this.#process.writeOut(clear);
    this.#shown = text;
    this.#process.writeOut(`${clear}${[...text].slice(0, this.#columns() - 1).join("")}`);
  }

  /** What begins now, with its number. */
  step(title: string): void {
    this.line(`${this.bold(`${++this.#steps}. ${title}`)}`);
  }

  /** A line that belongs to the step. */
  say(text: string): void {
    this.line(INDENT + text);
  }

  /** A moving line that belongs to the step. */
  show(text: string): void {
    this.progress(INDENT + text);
  }

  /** What others report, as part of the step. */
  readonly indented: Report = {
    line: (text) => this.say(text),
    progress: (text) => text === undefined ? this.progress(undefined) : this.show(text),
  };

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
    if (this.#shown === undefined) return "";
    this.#shown = undefined;
    return "\r\x1b[2K";
  }
}
