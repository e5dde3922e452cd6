import { artifact, defineMod } from "../../core/define_mod.ts";
import { dataParam } from "../../core/params.ts";
import type { Row } from "../../core/rows.ts";
import type { QueryValues } from "../../database/database.ts";
import { openDatabase } from "../../database/open.ts";
import { z } from "../../deps/zod.ts";
import { databaseOptions, databaseParams } from "../database_params.ts";

/** Any object to the compiler: a job may give a row of its own type, and an interface is no `Record`. */
const valuesSchema = z.custom<QueryValues>((value) => typeof value === "object" && value !== null, {
  error: "expected a list of values, or an object of names and values",
}) as z.ZodType<QueryValues, object>;

const params = z.strictObject({
  ...databaseParams,
  query: z.string().min(1).meta({
    description:
      "One statement, with $1 or $name where a value belongs. One that writes is committed when it has run; " +
      "its rows are those of RETURNING.",
  }),
  params: dataParam(
    valuesSchema.optional(),
    "The values: a list for $1, $2 and so on, or an object for names, which may hold more than the statement asks " +
      "for. They are handed over apart from the text, and never become part of it.",
  ),
  max_rows: z.int().min(0).max(1_000_000).default(10_000).meta({
    description: "Rows that the result may have; more stop the job, since they would fill its memory.",
  }),
});

/**
 * Runs a statement on a database, and hands on its rows. It does not wait for writes that are under way.
 *
 * A statement that is wrong, or gives more than `max_rows`, stops the job (`ConfigurationError`); values that do not
 * fit, or break a constraint, are a `PermanentError`; a database that cannot be reached is an `UnavailableError`, and so
 * is a `signal` that fired. None of them shows a value.
 */
export const databaseQuery = defineMod({
  name: "database_query",
  description:
    "Runs one SQL statement on a database, with values apart from its text, and hands on its rows.",
  params,
  artifacts: {
    data: artifact<readonly Row[]>(
      "The rows, none where the statement gives none. BIGINT is a bigint, DECIMAL a text with all its digits, DATE and " +
        "timestamps are ISO 8601 texts with their microseconds (in UTC with a Z where they have a zone), JSON is its " +
        "text, bytes are a Uint8Array, lists are arrays.",
    ),
  },
  async run({ query, params: values, max_rows: maxRows, signal, ...params }) {
    const database = await openDatabase(params.url, databaseOptions(params));
    const data = await database.query(query, values, { maxRows, signal });
    return { artifacts: { data }, metrics: { rows: data.length } };
  },
});
