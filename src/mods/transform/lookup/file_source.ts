import { ConfigurationError, errorText } from "../../../core/errors.ts";
import type { Row } from "../../../core/rows.ts";
import { type FileFormat, readRowsOfFile, type RowsOfFile } from "../../../database/duckdb/read_file.ts";
import { parseJson } from "../json_text.ts";
import { nameKind } from "../words.ts";
import { atMost } from "./query_source.ts";
import type { LookupSource, ReadOptions } from "./source.ts";

const ENDINGS: Readonly<Record<string, FileFormat>> = {
  csv: "csv",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
  parquet: "parquet",
};

/** The format that a file's name ends with, `.gz` aside; undefined where it tells none. */
export function formatOf(file: string): FileFormat | undefined {
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined;
}

const AS_JSON_PARSER = {
  bigNumbers: "bigint",
  decimals: "number",
  maxBytes: Infinity,
  maxDepth: 1000,
} as const;
const ROWS_AT_ONCE = 5000;

/** A file as a lookup's source. */
export class FileSource implements LookupSource {
  readonly name: string;
  readonly #file: RowsOfFile;

  constructor(file: RowsOfFile) {
    this.#file = file;
    this.name = `the file ${file.path}`;
  }

  async read(_values: unknown, { signal, maxRows }: ReadOptions): Promise<readonly Row[]> {
    const rows = await readRowsOfFile(this.#file, { signal, maxRows: maxRows + 1 });
    atMost(rows, maxRows, this.name);
    if (this.#file.format !== "json" && this.#file.format !== "jsonl") return rows;
    const parsed: Row[] = [];
    for (const [i, { json }] of rows.entries()) {
      if (i > 0 && i % ROWS_AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve));
      parsed.push(this.#parse(json, i));
    }
    return parsed;
  }

  /** Numbers and keys as json_parser has them, by its defaults: what DuckDB makes of JSON has other types. */
  #parse(json: unknown, place: number): Row {
    let value: unknown;
    try {
      value = parseJson(String(json), AS_JSON_PARSER);
    } catch (error) {
      throw new ConfigurationError(`Cannot read ${this.name}: record ${place + 1}: ${errorText(error)}`);
    }
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Row;
    throw new ConfigurationError(
      `Cannot read ${this.name}: record ${place + 1} is ${nameKind(value)}: expected an object`,
    );
  }
}
