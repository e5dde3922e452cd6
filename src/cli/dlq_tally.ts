import { escapeControls, escapeInJson } from "../logging/escape.ts";
import type { CliContext } from "./context.ts";
import type { FoundLetter } from "./dlq_scan.ts";
import { type Column, jsonLine, printRows } from "./output.ts";
import { timeOf } from "./peek_format.ts";

/** Letters of one cause, counted. */
interface Row {
  /** Id of the cause. */
  readonly cause: string;
  /** Where their messages came from. */
  readonly topic: string;
  readonly class: string;
  readonly message: string;
  letters: number;
  /** Nothing was done with them. */
  open: number;
  /** Those of the open ones whose messages were redriven before. */
  again: number;
  /** Redriven or dropped. */
  done: number;
  first: string | null;
  last: string | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "CAUSE", of: (row) => row.cause },
  { title: "OPEN", of: (row) => row.open, right: true },
  { title: "AGAIN", of: (row) => row.again, right: true },
  { title: "DONE", of: (row) => row.done, right: true },
  { title: "FIRST", of: (row) => row.first },
  { title: "LAST", of: (row) => row.last },
  { title: "TOPIC", of: (row) => row.topic },
  { title: "ERROR", of: (row) => escapeControls(`${row.class}: ${row.message}`) },
];

/** Counts letters by their causes. */
export class Tally {
  readonly #rows = new Map<string, Row>();
  letters = 0;
  open = 0;
  again = 0;

  /** Counts one. */
  add({ cause, done, redrives, time }: FoundLetter): void {
    const at = timeOf(time) ?? null;
    const row = this.#rows.get(cause.id) ?? {
      cause: cause.id,
      topic: cause.topic,
      class: cause.class,
      message: cause.message,
      letters: 0,
      open: 0,
      again: 0,
      done: 0,
      first: at,
      last: at,
    };
    this.#rows.set(cause.id, row);
    this.letters++;
    row.letters++;
    if (done !== undefined) row.done++;
    else {
      row.open++;
      this.open++;
      if (redrives > 0) {
        row.again++;
        this.again++;
      }
    }
    if (at !== null && (row.first === null || at < row.first)) row.first = at;
    if (at !== null && (row.last === null || at > row.last)) row.last = at;
  }

  /** How many causes there are. */
  get causes(): number {
    return this.#rows.size;
  }

  /** Prints them, the commonest open ones first. */
  print(context: CliContext, json: boolean): void {
    const rows = [...this.#rows.values()].sort((a, b) => b.open - a.open || b.letters - a.letters);
    if (!json) return printRows(context, COLUMNS, rows, false);
    context.machine.writeOut(rows.map((row) => `${escapeInJson(jsonLine(row).trimEnd())}\n`).join(""));
  }
}
