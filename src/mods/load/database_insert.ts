import { artifact, defineMod } from "../../core/define_mod.ts";
import { openDatabase } from "../../database/open.ts";
import { databaseOptions } from "../database_params.ts";
import { insertParams } from "./table_params.ts";
import { tableWrites } from "./table_writes.ts";

/**
 * Writes rows to a database: one table, or several in one transaction. It resolves when the rows are durable; the
 * database stays open until the job ends.
 *
 * Rows that do not fit (a type, a constraint) are a `PermanentError`; a missing table or column stops the job
 * (`ConfigurationError`); a database that cannot be reached, a locked file or a full disk is an `UnavailableError`, and
 * the message comes again; so is a `signal` that fired. None of them shows a value. An insert whose commit fails in a
 * way that leaves the outcome unknown may write its rows twice when the message comes again; the other modes do not.
 */
export const databaseInsert = defineMod({
  name: "database_insert",
  description:
    "Writes rows to a database: inserts, upserts, updates or deletes them by key, in one table or several.",
  params: insertParams,
  artifacts: {
    rows_written: artifact<Readonly<Record<string, number>>>(
      "How many rows were written, by table (schema.table where there is a schema): for insert and upsert those of the data, for insert_ignore those that " +
        "were added, for update those whose key was there, for delete those that were removed.",
    ),
  },
  async run(params) {
    const writes = tableWrites("database_insert", params);
    const database = await openDatabase(params.url, databaseOptions(params));
    const counts = await database.write(writes, { signal: params.signal });
    const written = new Map<string, number>();
    for (const [i, { table, schema }] of writes.entries()) {
      const name = schema === undefined ? table : `${schema}.${table}`;
      written.set(name, (written.get(name) ?? 0) + (counts[i] ?? 0));
    }
    const rows = counts.reduce((sum, count) => sum + count, 0);
    return { artifacts: { rows_written: Object.fromEntries(written) }, metrics: { rows } };
  },
});
