/** A statement whose values have positions, and the names that they had. */
export interface QueryText {
  readonly sql: string;
  /** What stands at `$1`, `$2` and so on: names, or the positions as texts. */
  readonly names: readonly string[];
  /** The first word of the statement, comments and brackets aside; empty where there is none. */
  readonly firstWord: string;
}

/**
 * What begins at a place of a statement: comments, texts, quoted names, bodies in dollars, all of which are left as they
 * are; or a value, `$1` or `$name`. PostgreSQL's manual, "Lexical Structure", after which DuckDB reads as well; nested
 * comments are taken apart below.
 */
const TOKEN =
  /--[^\n]*|\/\*|[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|\$(\d+|[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d+/g;

/** Finds the values of a statement, and numbers those that have names: PostgreSQL knows positions only. */
export function readQuery(sql: string): QueryText {
  const names: string[] = [];
  let result = "";
  let firstWord = "";
  let at = 0;
  const token = new RegExp(TOKEN);
  for (let match; (match = token.exec(sql)) !== null;) {
    const [text, name] = match;
    let end = match.index + text.length;
    if (text === "/*") end = endOfComment(sql, end);
    else if (text.startsWith("$") && text.endsWith("$")) {
      const close = sql.indexOf(text, end);
      end = close < 0 ? sql.length : close + text.length;
    }
    token.lastIndex = end;
    if (firstWord === "" && /^\w/.test(text)) firstWord = text;
    if (name === undefined) continue;
    result += sql.slice(at, match.index);
    result += /^\d/.test(name) ? position(names, Number(name)) : `$${placeOf(names, name)}`;
    at = end;
  }
  return { sql: result + sql.slice(at), names, firstWord };
}

/** The names of a statement's values, `$name`, each once. Positions, `$1`, are none. */
export function queryNames(sql: string): readonly string[] {
  return readQuery(sql).names.filter((name) => !/^\d/.test(name));
}

/** More positions than that are no statement but a slip, `$20240229`. */
const MOST_VALUES = 65_535;

function position(names: string[], number: number): string {
  for (let i = names.length; i < Math.min(number, MOST_VALUES); i++) names.push(String(i + 1));
  return `$${number}`;
}

function placeOf(names: string[], name: string): number {
  const known = names.indexOf(name);
  return known >= 0 ? known + 1 : names.push(name);
}

function endOfComment(sql: string, from: number): number {
  let depth = 1;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  for (let match; depth > 0 && (match = edge.exec(sql)) !== null;) depth += match[0] === "/*" ? 1 : -1;
  return depth > 0 ? sql.length : edge.lastIndex;
}
