import { ConfigurationError } from "../../../core/errors.ts";
import { JobLocal } from "../../../core/job_scope.ts";
import type { Logger } from "../../../core/logger.ts";
import type { Row, Rows } from "../../../core/rows.ts";
import { jobClock } from "../../../control/job_clock.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { type KeepPolicy, KeptTable } from "./kept_table.ts";
import type { LookupSource } from "./source.ts";
import { buildTable, type LookupTable, type TableShape } from "./table.ts";

const MOST_TABLES = 100;

/** The tables of one job, each read once for all calls that declare it alike. */
export class LookupTables {
  readonly #clock: Clock;
  readonly #kept = new Map<string, KeptTable>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * The table that is declared so, made if there is none. `log` is that of who comes first. Throws a `ConfigurationError`
   * where there are so many that values must have been written into their declarations.
   */
  kept(
    declaration: string,
    make: () => { readonly source: LookupSource; readonly shape: TableShape; readonly policy: KeepPolicy },
    log: Logger,
  ): KeptTable {
    const known = this.#kept.get(declaration);
    if (known !== undefined) return known;
    if (this.#kept.size >= MOST_TABLES) {
      throw new ConfigurationError(
        `the job has ${MOST_TABLES} different lookups in memory, and each stays: a value of the message in its query or ` +
          "params makes it another one; for that there is load: per_message, which takes $name from the row",
      );
    }
    const { source, shape, policy } = make();
    const whenClosed = () => void this.#kept.delete(declaration);
    const table = new KeptTable(source, shape, policy, { clock: this.#clock, log, whenClosed });
    this.#kept.set(declaration, table);
    return table;
  }
}

/** The tables of the job that runs here. */
export const lookupTables = new JobLocal(() => new LookupTables(jobClock.get()));

const given = new WeakMap<Rows, Map<string, Promise<LookupTable>>>();

/** The table of rows that the job gives itself, made once for the same list. */
export function givenTable(
  identity: Rows,
  rows: () => readonly Row[],
  declaration: string,
  shape: TableShape,
): Promise<LookupTable> {
  const tables = given.get(identity) ?? new Map<string, Promise<LookupTable>>();
  given.set(identity, tables);
  const table = tables.get(declaration) ?? buildTable(rows(), shape, "rows");
  tables.set(declaration, table);
  return table;
}
