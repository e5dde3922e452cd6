import { TestDatabase } from "../unit/database/support.ts";
import { databaseContract } from "./database_contract.ts";

databaseContract("DuckDB", async () => {
  const place = await TestDatabase.make();
  const database = await place.open();
  return { database, dialect: "duckdb", [Symbol.asyncDispose]: () => place[Symbol.asyncDispose]() };
});
