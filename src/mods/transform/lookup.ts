import { artifact, defineMod } from "../../core/define_mod.ts";
import { type Row, toRows } from "../../core/rows.ts";
import { declare } from "./lookup/declaration.ts";
import { queryFinder, tableFinder } from "./lookup/find.ts";
import { joinRows } from "./lookup/join.ts";
import { lookupParams } from "./lookup/params.ts";

/**
 * Adds columns to rows by a key, from a query, a file or a list (Talend's tMap with a lookup input).
 *
 * What is read is kept until the job ends, once for all calls that declare the same source, keys and columns; those who
 * ask meanwhile wait for the one reading. Keys are compared by value and kind: numbers, bigints and decimals of DuckDB's
 * results by their number, texts by their characters, Dates by their instant, bytes by their content. Databases give
 * DECIMAL and timestamps as texts: `key_types` says whether a text can be a number. Null, NaN and invalid Dates match
 * nothing.
 *
 * A row that lacks a key column, or has an added one already, is a `PermanentError`; several matches by `unique` are a
 * `RecordError`. A column that the lookup lacks, a file that is not there and too many rows stop the job
 * (`ConfigurationError`); a database that is not to be had, or rows older than `max_stale_s`, are an `UnavailableError`.
 * None of them shows a value.
 */
export const lookup = defineMod({
  name: "lookup",
  description: "Adds columns to rows by a key, from a query, a file or a list.",
  params: lookupParams,
  artifacts: {
    data: artifact<Row | readonly Row[] | null>(
      "The rows with their new columns: an object where one came in (a list by match: all), a list otherwise. Null where " +
        "there are none.",
    ),
    reject: artifact<Row | readonly Row[] | null>(
      "The rows without a match of an inner join, as they came in. Null where there are none.",
    ),
  },
  async run(params, context) {
    const declaration = declare(params);
    const rows = toRows(params.data);
    const isSingle = rows.length === 1 && rows[0] === params.data;
    const { find, table } = params.load === "per_message" && declaration.source !== undefined
      ? queryFinder(declaration, params, declaration.source())
      : await tableFinder(declaration, params, context);
    const { joined, rejected, matched } = await joinRows(rows, isSingle, declaration.plan, find);
    return {
      artifacts: {
        data: form(joined, isSingle && params.match !== "all"),
        reject: form(rejected, isSingle),
      },
      metrics: {
        rows: rows.length,
        matched,
        rejected: rejected.length,
        lookup_rows: table.rows,
        lookup_bytes: table.bytes,
      },
    };
  },
});

function form(rows: readonly Row[], isSingle: boolean): Row | readonly Row[] | null {
  return rows.length === 0 ? null : isSingle ? rows[0]! : rows;
}
