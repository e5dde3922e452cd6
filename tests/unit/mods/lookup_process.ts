/** A process that looks something up, has it refreshed every hour, and has nothing else to do. */
import { silentLogger } from "../../../src/core/logger.ts";
import { KeptTable } from "../../../src/mods/transform/lookup/kept_table.ts";
import { systemClock } from "../../../src/runtime/clock.ts";

const table = new KeptTable(
  { name: "a list", read: () => Promise.resolve([{ id: 1, v: "a" }]) },
  { keys: ["id"], columns: ["v"], keyTypes: "strict" },
  { maxRows: 10, refreshMs: 3_600_000, maxStaleMs: undefined },
  { clock: systemClock, log: silentLogger, whenClosed() {} },
);
console.log((await table.current()).find("n1")[0]?.[0]);
