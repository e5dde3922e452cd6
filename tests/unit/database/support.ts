import assert from "node:assert/strict";
import type { DuckDBValue } from "@duckdb/node-api";
import { type ErrorKind, errorText, kindOf } from "../../../src/core/errors.ts";
import type { Row } from "../../../src/core/rows.ts";
import type { Database, TableWrite } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open.ts";
import { queryDuckDb } from "../../../src/database/duckdb/query.ts";

/** A write with everything left at its default. */
export function tableWrite(
  write: Partial<TableWrite> & { readonly table: string; readonly rows: readonly Row[] },
): TableWrite {
  return {
    mode: "insert",
    schema: undefined,
    keyColumns: [],
    createTable: false,
    columnTypes: {},
    replaceChildren: undefined,
    ...write,
  };
}

/** A database in a file of its own, removed at the end with its folder. */
export class TestDatabase implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async make(...setUp: string[]): Promise<TestDatabase> {
    const made = new TestDatabase(await Deno.makeTempDir({ prefix: "datapy-duckdb-" }));
    if (setUp.length === 0) return made;
    const database = await made.open(); // makes the file
    await made.sql(setUp.join(";"));
    await database.close();
    return made;
  }

  get file(): string {
    return `${this.folder}/test.duckdb`;
  }

  get url(): string {
    return `duckdb:${this.file}`;
  }

  open(): Promise<Database> {
    return openDatabase(this.url);
  }

  sql(sql: string, values: DuckDBValue[] = []): Promise<readonly Row[]> {
    return queryDuckDb(this.url, sql, values);
  }

  async write(...writes: (Partial<TableWrite> & { table: string; rows: readonly Row[] })[]): Promise<void> {
    await (await this.open()).write(writes.map(tableWrite));
  }

  /** The files in its folder. */
  files(): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.open().catch(() => undefined))?.close();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** What a write that must fail says, after its kind was looked at; with everything that printing it would show. */
export async function refusal(work: Promise<unknown>, kind: ErrorKind): Promise<string> {
  const error = await work.then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof Error, "it should have been refused");
  assert.equal(kindOf(error), kind, errorText(error));
  return `${errorText(error)} ${Deno.inspect(error)}`;
}
