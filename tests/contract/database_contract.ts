import assert from "node:assert/strict";
import type { Row } from "../../src/core/rows.ts";
import type { Database, TableWrite, WriteOptions } from "../../src/database/database.ts";
import { within } from "../support/wait_for.ts";
import { tableWrite } from "../unit/database/support.ts";
import { databaseErrorContract } from "./database_error_contract.ts";
import { databaseQueryContract } from "./database_query_contract.ts";
import { databaseSequenceContract } from "./database_sequence_contract.ts";
import { databaseValueContract } from "./database_value_contract.ts";
import { databaseWriteContract } from "./database_write_contract.ts";

/** Some queries here would take minutes if their signal did not end them. */
const [TEST_MS, CLOSE_MS] = [120_000, 30_000];

/** An empty database for one contract test, gone when the test ends. */
export interface DatabaseFixture extends AsyncDisposable {
  readonly database: Database;
  /** What else of the contract's SQL differs; the tables of the contract are written in what both understand. */
  readonly dialect: "duckdb" | "postgres";
}

/** Opens a fixture for one test. */
export type OpenDatabaseFixture = () => Promise<DatabaseFixture>;

/** A write, as far as it differs from what {@link tableWrite} has. */
export type SomeWrite = Partial<TableWrite> & { readonly table: string; readonly rows: readonly Row[] };

/** What one contract test works with. */
export interface DatabaseBench {
  readonly fixture: DatabaseFixture;
  readonly database: Database;
  /** Runs statements, one after the other. */
  sql(...statements: readonly string[]): Promise<void>;
  write(writes: readonly SomeWrite[], options?: WriteOptions): Promise<readonly number[]>;
  /** The rows of a query. */
  rows(sql: string): Promise<readonly Row[]>;
}

/** Registers one test of the contract. */
export type DatabaseContract = (what: string, test: (bench: DatabaseBench) => Promise<void>) => void;

/** Registers the tests that every database must pass: what src/database/database.ts says. */
export function databaseContract(name: string, open: OpenDatabaseFixture, ignore = false): void {
  const contract: DatabaseContract = (what, test) =>
    Deno.test({
      name: `${name}: ${what}`,
      ignore,
      fn: async () => {
        const fixture = await open();
        try {
          await within(test(benchOf(fixture)), what, TEST_MS);
        } finally {
          await within(Promise.resolve(fixture[Symbol.asyncDispose]()), "the database to close", CLOSE_MS);
        }
      },
    });
  databaseWriteContract(contract);
  databaseSequenceContract(contract);
  databaseValueContract(contract);
  databaseQueryContract(contract);
  databaseErrorContract(contract);
}

function benchOf(fixture: DatabaseFixture): DatabaseBench {
  const { database } = fixture;
  return {
    fixture,
    database,
    async sql(...statements) {
      for (const statement of statements) await database.query(statement);
    },
    write: (writes, options) => database.write(writes.map(tableWrite), options),
    rows: (sql) => database.query(sql),
  };
}

/** Rows without regard to their order. */
export function sameRows(found: readonly Row[], expected: readonly Row[]): void {
  const sorted = (rows: readonly Row[]) => rows.map((row) => Deno.inspect(row, { sorted: true })).sort();
  assert.deepEqual(sorted(found), sorted(expected));
}
