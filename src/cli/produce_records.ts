import { PermanentError } from "../core/errors.ts";
import { parseExactJson } from "../core/exact_json.ts";
import { findJsonProblem } from "../core/json_scan.ts";
import type { OutgoingRecord } from "../kafka/driver.ts";
import { produceText } from "./text/records.ts";

/** How lines become records. */
export interface RecordForm {
  readonly jsonLines: boolean;
  readonly key: string | undefined;
  readonly keyField: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly partition: number | undefined;
}

const encoder = new TextEncoder();

/** Makes records of lines, counted from 1. Throws a `PermanentError` that names the line, never what it holds. */
export function recordMaker(
  form: RecordForm,
): (value: Uint8Array, line: number) => OutgoingRecord | undefined {
  const headers = form.headers.map(([name, value]) => [name, encoder.encode(value)] as const);
  const fixed: Uint8Array | null = form.key === undefined ? null : encoder.encode(form.key);
  const partition = form.partition === undefined ? {} : { partition: form.partition };
  return (value, line) => {
    let key: Uint8Array | null = fixed;
    if (form.jsonLines) {
      const text = new TextDecoder().decode(value);
      if (text.trim() === "") return undefined;
      const parsed = parse(text, line);
      if (form.keyField !== undefined) key = keyOf(parsed, form.keyField, line);
    }
    return { key, value, headers, ...partition };
  };
}

function parse(text: string, line: number): unknown {
  try {
    return parseExactJson(text); // else other numbers would become one key
  } catch {
    const problem = findJsonProblem(text); // V8's own message quotes the text
    const why = problem === undefined
      ? ""
      : ` at column ${problem.column}: expected ${problem.expected}, but ${problem.found}`;
    throw new PermanentError(produceText.notJson(line, why));
  }
}

function keyOf(value: unknown, field: string, line: number): Uint8Array | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PermanentError(produceText.notObject(line));
  }
  if (!Object.hasOwn(value, field)) throw new PermanentError(produceText.noKey(line, field));
  const key = (value as Record<string, unknown>)[field];
  if (key === null) return null;
  if (!["string", "number", "bigint", "boolean"].includes(typeof key)) {
    throw new PermanentError(produceText.keyKind(line, field));
  }
  return encoder.encode(String(key));
}
