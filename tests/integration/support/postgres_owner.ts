/** A process that owns a PostgreSQL: prints its port and waits, until a test kills it. */
import { startPostgres } from "../../../src/dev/postgres/mod.ts";
import { BROKER_FOLDER } from "../../support/broker.ts";

const postgres = await startPostgres({ ephemeral: true, folder: BROKER_FOLDER });
console.log(new URL(postgres.url).port);
await new Promise((resolve) => setTimeout(resolve, 120_000));
