import { z } from "../../deps/zod.ts";
import { dataParam, rowsSchema } from "../../core/params.ts";
import { WRITE_MODES } from "../../database/database.ts";
import { databaseParams } from "../database_params.ts";

const name = z.string().min(1);

/**
 * Rows that the compiler asks for. Where a job left them out all the same, the mod says so: that is the job's own fault,
 * while zod would find data wrong, which counts as the message's.
 */
function requiredRows(description: string): typeof rowsSchema {
  return dataParam(rowsSchema.optional(), description) as unknown as typeof rowsSchema;
}

const DATA =
  "One object, a list of objects, or a DuckDB result; none (an empty list) writes nothing. A column that " +
  "a row does not have gets the table's default, or stays as it is in an upsert. A text in a JSON column is JSON.";

/** What both a call for one table and an entry of `tables` take. */
const perTable = {
  key_columns: z.array(name).optional().meta({
    description:
      "Columns that identify a row: every mode but insert looks rows up by them, and they are the primary key " +
      "of a table that is created. A row without a value in one of them is a record error. In PostgreSQL, upsert " +
      "and insert_ignore need a primary key or a unique index of just these columns.",
  }),
  column_types: z.record(name, name).optional().meta({
    description:
      'Types for create_table, by column: {"amount": "DECIMAL(12,2)"}. The other columns get a type by ' +
      "their values in the first rows: whole numbers BIGINT, other numbers DOUBLE, texts VARCHAR, booleans " +
      "BOOLEAN, dates TIMESTAMPTZ, objects and arrays JSON, nulls only VARCHAR. A column named here that the rows do not have is made too.",
    advanced: true,
  }),
  replace_children: z.strictObject({
    columns: z.array(name).min(1).meta({
      description: "Columns of this table that hold the parent's key.",
    }),
    of: requiredRows(
      "The parents: rows with these columns (others are ignored), such as the order that the lines are of.",
    ),
  }).optional().meta({
    description:
      "Replaces the children of these parents: what this table has of them is deleted, and the rows of " +
      "data, each of one of these parents, take its place. With no rows nothing of them is left. For insert and " +
      "upsert.",
  }),
};

const mode = z.enum(WRITE_MODES);
const MODE =
  "insert adds rows; upsert updates the row that has the same key_columns, and adds it where there is none; " +
  "insert_ignore adds it there, and leaves alone what is there already; update sets the columns that the data has, " +
  "and does nothing where the key is not there; delete removes the row of that key, whatever else the data has.";
const CREATE = "Creates the table from the first rows where it is missing; update and delete create none.";
const TABLE = "Name of the table, as it is: a dot in it is part of the name, the schema stands in schema.";
const SCHEMA =
  "The schema that the table is in; by default where the database looks by itself (main in DuckDB, " +
  "the search_path of PostgreSQL).";

/** One entry of `tables`. */
const tableEntry = z.strictObject({
  table: name.meta({ description: TABLE }),
  schema: name.optional().meta({ description: `${SCHEMA} As in the call itself where it is left out.` }),
  data: requiredRows(DATA),
  mode: mode.optional().meta({ description: `${MODE} As in the call itself where it is left out.` }),
  create_table: z.boolean().optional().meta({
    description: `${CREATE} As in the call itself where it is left out.`,
  }),
  ...perTable,
});

/** The parameters of `database_insert`. */
export const insertParams = z.strictObject({
  ...databaseParams,
  table: name.optional().meta({ description: `${TABLE} Or tables, for several.` }),
  schema: name.optional().meta({ description: SCHEMA }),
  data: dataParam(rowsSchema.optional(), DATA),
  mode: mode.default("insert").meta({ description: MODE }),
  create_table: z.boolean().default(false).meta({ description: CREATE }),
  ...perTable,
  tables: z.array(tableEntry).min(1).optional().meta({
    description:
      "Several tables, written in this order and in one transaction: all of them or none. In place of " +
      "table, data, key_columns, column_types and replace_children.",
  }),
});

export type InsertParams = z.output<typeof insertParams>;
export type TableEntry = z.output<typeof tableEntry>;
