import type { Answer, Connection } from "./connection.ts";
import { FIRST_OWN_TYPE, parseArray, parserOf } from "./results.ts";

const ARRAYS = `
SELECT t.oid, coalesce(nullif(e.typbasetype, 0), e.oid) FROM pg_type t JOIN pg_type e ON e.oid = t.typelem
WHERE t.typcategory = 'A' AND t.oid = ANY($1::oid[])`;

/** Types that the users of a database have made, such as arrays of enums, looked up when one comes first. */
export class OwnTypes {
  /** The element's type, by the array's; undefined for a type that is no array. */
  readonly #elements = new Map<number, number | undefined>();

  /** The rows of an answer, in which arrays of own types are still texts, with arrays in their place. */
  async read(connection: Connection, { rows, fields }: Answer): Promise<readonly (readonly unknown[])[]> {
    const own = fields.map(({ dataTypeID }) => dataTypeID).filter((type) => type >= FIRST_OWN_TYPE);
    if (own.length === 0) return rows;
    await this.#learn(connection, own.filter((type) => !this.#elements.has(type)));
    const parsers = fields.map(({ dataTypeID }) => this.#parser(dataTypeID));
    if (parsers.every((parser) => parser === undefined)) return rows;
    return rows.map((row) =>
      row.map((value, i) => {
        const parser = parsers[i];
        return parser === undefined || typeof value !== "string" ? value : parser(value);
      })
    );
  }

  async #learn(connection: Connection, types: readonly number[]): Promise<void> {
    if (types.length === 0) return;
    const { rows } = await connection.run(ARRAYS, [types.map(String)]);
    for (const type of types) this.#elements.set(type, undefined);
    for (const [array, element] of rows) this.#elements.set(Number(array), Number(element));
  }

  #parser(type: number): ((text: string) => unknown[]) | undefined {
    const element = this.#elements.get(type);
    return element === undefined ? undefined : (text) => parseArray(text, parserOf(element));
  }
}
