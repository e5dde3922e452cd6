/** Turns the texts of the server's answers into values, in the forms that `Database` promises. */

type Parse = (text: string) => unknown;

const asText: Parse = (text) => text;
const number: Parse = Number;
const bytes: Parse = (text) => {
  const result = new Uint8Array((text.length - 2) / 2); // \x and two digits a byte
  for (let i = 0; i < result.length; i++) result[i] = Number.parseInt(text.slice(2 + 2 * i, 4 + 2 * i), 16);
  return result;
};
/** `2024-02-29 10:11:12.5`: a `T` in between, as in ISO 8601; `infinity` and years before Christ as they are. */
const timestamp: Parse = (text) => /^\d{4,}-\d\d-\d\d \S+$/.test(text) ? text.replace(" ", "T") : text;
const timestamptz: Parse = (text) => {
  const utc = timestamp(text) as string;
  return utc.endsWith("+00") ? `${utc.slice(0, -3)}Z` : utc;
};

/** By object id, as in pg_type.dat of PostgreSQL's source, where ids below 10,000 never change. */
const PARSERS: Readonly<Record<number, Parse>> = {
  16: (text) => text === "t",
  17: bytes,
  20: BigInt,
  21: number,
  23: number,
  26: number, // oid
  700: number,
  701: number,
  1114: timestamp,
  1184: timestamptz,
};

/** Element types of the arrays that PostgreSQL brings with it, by object id. */
const ELEMENTS: Readonly<Record<number, number>> = {
  1000: 16,
  1001: 17,
  1016: 20,
  1005: 21,
  1007: 23,
  1028: 26,
  1021: 700,
  1022: 701,
  1231: 1700,
  1115: 1114,
  1185: 1184,
  1182: 1082,
  1183: 1083,
  1270: 1266,
  1187: 1186,
  1009: 25,
  1014: 1042,
  1015: 1043,
  1002: 18,
  1003: 19,
  199: 114,
  3807: 3802,
  2951: 2950,
};

/** Types that the database's users have made have object ids from here on, which differ from database to database. */
export const FIRST_OWN_TYPE = 16_384;

/** The parser of a type, by its object id. */
export function parserOf(type: number): Parse {
  const element = ELEMENTS[type];
  return element === undefined
    ? PARSERS[type] ?? asText
    : (text) => parseArray(text, PARSERS[element] ?? asText);
}

/** Reads `{1,2,NULL,"a \"b\"",{3}}`, also with bounds before it (`[0:1]={1,2}`). */
export function parseArray(text: string, element: Parse): unknown[] {
  let at = text.indexOf("{");
  const list = (): unknown[] => {
    const items: unknown[] = [];
    at++; // {
    while (text[at] !== "}") {
      if (text[at] === ",") at++;
      if (text[at] === "{") items.push(list());
      else items.push(item());
    }
    at++; // }
    return items;
  };
  const item = (): unknown => {
    if (text[at] !== '"') {
      const from = at;
      while (text[at] !== "," && text[at] !== "}") at++;
      const bare = text.slice(from, at);
      return bare === "NULL" ? null : element(bare);
    }
    let value = "";
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === "\\") at++;
      value += text[at];
    }
    at++;
    return element(value);
  };
  return list();
}
