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

function unescaped(token: string): string {
  return token.slice(1, -1).replace(/\\(["'\\])/g, "$1");
}
