import { ConfigurationError } from "../../../core/errors.ts";
import type { Row } from "../../../core/rows.ts";
import { maskSecrets } from "../../../core/secret.ts";
import type { Database, DatabaseOptions } from "../../../database/database.ts";
import { openDatabase } from "../../../database/open.ts";
import type { LookupSource, ReadOptions } from "./source.ts";

/** What a query source needs of a database. */
export type QueriedDatabase = Pick<Database, "name" | "query">;

const LONGEST = 60;

/** A query as a lookup's source. Its values by name: those that stay, and those of the row that asks. */
export class QuerySource implements LookupSource {
  readonly #query: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #open: () => Promise<QueriedDatabase>;
  #database = "its database";

  constructor(
    query: string,
    values: Readonly<Record<string, unknown>>,
    open: () => Promise<QueriedDatabase>,
  ) {
    this.#query = query;
    this.#values = values;
    this.#open = open;
  }

  get name(): string {
    const text = maskSecrets(this.#query.replace(/\s+/g, " ").trim());
    const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
    return `the query ${JSON.stringify(shown)} on ${this.#database}`;
  }

  async read(
    values: Readonly<Record<string, unknown>>,
    { signal, maxRows }: ReadOptions,
  ): Promise<readonly Row[]> {
    const database = await this.#open(); // each time: one that was given up is opened anew
    this.#database = database.name;
    const rows = await database.query(this.#query, { ...this.#values, ...values }, { signal, maxRows });
    return atMost(rows, maxRows, this.name);
  }
}

/** The query's source on the database of a url. */
export function querySource(
  url: string,
  options: DatabaseOptions,
  query: string,
  values: Readonly<Record<string, unknown>>,
): LookupSource {
  return new QuerySource(query, values, () => openDatabase(url, options));
}

/** The rows, if they are not too many. Throws a `ConfigurationError` that says what can be done. */
export function atMost(rows: readonly Row[], maxRows: number, name: string): readonly Row[] {
  if (rows.length <= maxRows) return rows;
  throw new ConfigurationError(
    `Cannot look up in ${name}: it has more than max_rows (${maxRows}) rows; read fewer, raise max_rows if the memory ` +
      "allows it, or ask the database for each message by load: per_message",
  );
}
