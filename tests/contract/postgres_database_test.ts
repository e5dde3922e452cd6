import { openPostgres } from "../../src/database/postgres/databases.ts";
import { freshDatabase, sharedPostgres } from "../support/postgres.ts";
import { databaseContract } from "./database_contract.ts";

const server = await sharedPostgres();

databaseContract("PostgreSQL", async () => {
  const fresh = await freshDatabase(server);
  const database = await openPostgres(fresh.url, {});
  return {
    database,
    dialect: "postgres",
    async [Symbol.asyncDispose]() {
      await database.close();
      await fresh[Symbol.asyncDispose]();
    },
  };
});
