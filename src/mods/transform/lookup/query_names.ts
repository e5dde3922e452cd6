/**
 * The names of a query's values, `$name`, each once: outside of quotes, comments and PostgreSQL's `$tag$` texts, where a
 * dollar is a dollar.
 */
export function queryNames(sql: string): readonly string[] {
  const names = new Set<string>();
  for (const { groups } of sql.matchAll(PIECES)) {
    if (groups?.["name"] !== undefined) names.add(groups["name"]);
  }
  return [...names];
}

/** Pieces in which a `$` is not looked for come first; what is not closed reaches to the end, and the database refuses it. */
const PIECES = new RegExp(
  [
    /'(?:[^']|'')*(?:'|$)/, // a text
    /"(?:[^"]|"")*(?:"|$)/, // a quoted name
    /--[^\n]*/,
    /\/\*[\s\S]*?(?:\*\/|$)/,
    /\$(?<tag>[A-Za-z_]\w*)?\$[\s\S]*?(?:\$\k<tag>\$|$)/,
    /[\w\u0080-\uffff]\$+\w*/, // a dollar within a name of PostgreSQL's
    /\$(?<name>[A-Za-z_]\w*)/,
  ].map(({ source }) => source).join("|"),
  "g",
);
