import type { CliContext } from "./context.ts";
import { hasColours } from "./output.ts";
import { lineWriter, recordJson } from "./peek_format.ts";
import type { Peeked } from "./peek_records.ts";
import type { Where } from "./peek_where.ts";
import { peekText } from "./text/records.ts";

/** What is printed, and how. */
export interface PeekForm {
  readonly json: boolean;
  readonly headers: boolean;
  readonly limit?: number;
  readonly where: Where | undefined;
  /** Characters of the longest `partition@offset`. */
  readonly widestPlace: number;
}

/** Prints the records that fit, up to the limit, as long as somebody reads. */
export class PeekPrinter {
  readonly #context: CliContext;
  readonly #form: PeekForm;
  readonly #writer: ReturnType<typeof lineWriter>;
  #read = 0;
  #shown = 0;
  #notJson = 0;

  constructor(context: CliContext, form: PeekForm) {
    this.#context = context;
    this.#form = form;
    this.#writer = lineWriter(form.widestPlace, form.headers);
  }

  /** Prints a record if it fits. Returns false when no further one is wanted. */
  print(peeked: Peeked): boolean {
    if (this.isDone) return false;
    this.#read++;
    const fits = this.#form.where?.(peeked.record.value) ??
      (this.#form.where === undefined ? true : undefined);
    if (fits === undefined) this.#notJson++;
    if (!fits) return true;
    const { machine } = this.#context;
    if (this.#shown === 0 && !this.#form.json && machine.outIsTerminal) machine.writeOut(this.#titles());
    machine.writeOut(this.#form.json ? recordJson(peeked) : `${this.#writer.line(peeked)}\n`);
    this.#shown++;
    return !this.isDone;
  }

  /** Nobody reads any more, or the limit is reached. */
  get isDone(): boolean {
    return this.#context.machine.outIsClosed === true || this.isFull;
  }

  /** The limit is reached. */
  get isFull(): boolean {
    return this.#shown >= (this.#form.limit ?? Infinity);
  }

  /** Records that were looked at. */
  get read(): number {
    return this.#read;
  }

  get summary(): string {
    return peekText.count(this.#shown, this.#read, this.#notJson);
  }

  #titles(): string {
    const { titles } = this.#writer;
    return hasColours(this.#context) ? `\x1b[1m${titles}\x1b[22m\n` : `${titles}\n`;
  }
}
