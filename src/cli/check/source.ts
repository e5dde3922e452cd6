const TOKEN = /\/\/.*|\/\*[\s\S]*?\*\/|`(?:[^`\\]|\\[\s\S])*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;

/** A quoted text in a source, and what stands right before it, such as `topic: `. */
export interface SourceText {
  readonly text: string;
  readonly before: string;
}

/** The quoted texts of a source; comments and template literals are left out: what they hold is filled in by JavaScript. */
export function textsIn(source: string): readonly SourceText[] {
  return [...source.matchAll(TOKEN)].filter(([token]) => /^["']/.test(token)).map((match) => ({
    text: unescaped(match[0]),
    before: source.slice(Math.max(0, match.index - 40), match.index),
  }));
}

/** The files beside or below a source that it imports, as it writes them. */
export function ownImports(source: string): readonly string[] {
  return textsIn(source).filter(({ text, before }) =>
    text.startsWith("./") && /(?:\bfrom|\bimport\(?)\s*$/.test(before)
  ).map(({ text }) => text);
}

/** The texts that are given as a parameter of this name: `topic: "..."`. */
export function givenAs(texts: readonly SourceText[], parameter: string): readonly string[] {
  const named = new RegExp(`(?:^|[\\s{,])${parameter}:\\s*$`);
  return [...new Set(texts.filter(({ before }) => named.test(before)).map(({ text }) => text))];
}

const CALL = /\brunMod\(\s*(?:"[a-z0-9_]+"|'[a-z0-9_]+')\s*,\s*(?=\{)/g;

/** The texts of each object that is handed to a mod as `runMod("...", {...})`, but for those of a call within it. */
export function callsIn(source: string): readonly (readonly SourceText[])[] {
  const ranges = [...source.matchAll(CALL)].map(({ index, 0: { length } }) => ({
    begin: index + length,
    end: endOfObject(source, index + length),
  }));
  return ranges.map(({ begin, end }) => {
    let own = source.slice(0, end);
    for (const inner of ranges) {
      if (inner.begin <= begin || inner.begin >= end) continue;
      own = own.slice(0, inner.begin) + " ".repeat(inner.end - inner.begin) + own.slice(inner.end);
    }
    return textsIn(own.slice(begin, end));
  });
}

/** Where the object ends that begins at an index. */
function endOfObject(source: string, begin: number): number {
  const tokens = new RegExp(`${TOKEN.source}|[{}]`, "g");
  tokens.lastIndex = begin;
  let depth = 0;
  for (let token = tokens.exec(source); token !== null; token = tokens.exec(source)) {
    if (token[0] === "{") depth++;
    if (token[0] === "}" && --depth === 0) return tokens.lastIndex;
  }
  return source.length;
}

function unescaped(token: string): string {
  return token.slice(1, -1).replace(/\\(["'\\])/g, "$1");
}
