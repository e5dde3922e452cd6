import type { Row } from "../../../core/rows.ts";

/** How the rows of a lookup are read. */
export interface ReadOptions {
  /** Gives the reading up. */
  readonly signal?: AbortSignal | undefined;
  /** More rows than that are a `ConfigurationError`. */
  readonly maxRows: number;
}

/** Where the rows of a lookup come from. */
export interface LookupSource {
  /** What it is, for people and without a password: `the file rates.csv`. */
  readonly name: string;
  /** All its rows as they are now. `values` are those of the row that asks, for a query that takes some. */
  read(values: Readonly<Record<string, unknown>>, options: ReadOptions): Promise<readonly Row[]>;
}
