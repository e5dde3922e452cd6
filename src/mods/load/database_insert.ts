import { artifact, defineMod } from "../../core/define_mod.ts";
import { openDatabase } from "../../database/open.ts";
import { insertParams } from "./table_params.ts";
import { tableWrites } from "./table_writes.ts";

/**
 * Writes rows to a database: one table, or several in one transaction. It resolves when the rows are durable; the
 * database stays open until the job ends.
 *
 * Rows that do not fit (a type, a constraint) are a `PermanentError`; a missing table or column stops the job
 * (`ConfigurationError`); a locked file or a full disk is an `UnavailableError`, and the message comes again. None of
 * them shows a value. An insert whose commit fails in a way that leaves the outcome unknown may write its rows twice
 * when the message comes again; an upsert does not.
 */
export const databaseInsert = defineMod({
  name: "database_insert",
  description: "Writes rows to a database: inserts or upserts, one table or several in one transaction.",
  params: insertParams,
  artifacts: {
    rows_written: artifact<Readonly<Record<string, number>>>(
      "How many rows of the data were written, by table.",
    ),
  },
  async run(params) {
    const writes = tableWrites("database_insert", params);
    const database = await openDatabase(params.url);
    await database.write(writes);
    const written = new Map<string, number>();
    for (const { table, rows } of writes) written.set(table, (written.get(table) ?? 0) + rows.length);
    const rows = writes.reduce((sum, write) => sum + write.rows.length, 0);
    return { artifacts: { rows_written: Object.fromEntries(written) }, metrics: { rows } };
  },
});
