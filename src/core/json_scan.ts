/** Where a JSON text is wrong, in words that hold nothing of the text itself. */
export interface JsonProblem {
  /** First line is 1. */
  readonly line: number;
  /** First column is 1; it counts characters. */
  readonly column: number;
  /** What would have been right there. */
  readonly expected: string;
  /** What was there: the end of the text, or something else, never quoted. */
  readonly found: string;
}

type Where = "value" | "first item" | "first key" | "key" | "colon" | "after";

const EXPECTED: Readonly<Record<Exclude<Where, "after">, string>> = {
  "value": "a value",
  "first item": 'a value or "]"',
  "first key": 'a key in double quotes or "}"',
  "key": "a key in double quotes",
  "colon": '":" after the key',
};

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERAL = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/**
 * The first place where a text breaks the grammar of JSON (RFC 8259) or opens more than `maxDepth` levels; undefined
 * where there is none. It exists because V8's own messages quote the text, and a payload must not reach a log. It keeps
 * its levels in a list, so that a hostile text cannot exhaust the stack.
 */
export function findJsonProblem(text: string, maxDepth = Infinity): JsonProblem | undefined {
  const open: ("{" | "[")[] = [];
  let at = 0;
  let where = "value" as Where;

  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const wrong = (expected: string) => describe(text, at, expected);

  while (true) {
    match(SPACE);
    const char = text[at];
    if (where === "after") {
      const level = open.at(-1);
      if (level === undefined) return char === undefined ? undefined : wrong("the end of the text");
      const closing = level === "{" ? "}" : "]";
      if (char !== "," && char !== closing) return wrong(`"," or "${closing}"`);
      if (char === closing) open.pop();
      else where = level === "{" ? "key" : "value";
      at++;
    } else if (where === "colon") {
      if (char !== ":") return wrong(EXPECTED[where]);
      where = "value";
      at++;
    } else if ((where === "first key" && char === "}") || (where === "first item" && char === "]")) {
      open.pop();
      where = "after";
      at++;
    } else if (char === '"') {
      const end = stringEnd(text, at);
      if (typeof end !== "number") return end;
      where = where === "key" || where === "first key" ? "colon" : "after";
      at = end;
    } else if (where === "key" || where === "first key") {
      return wrong(EXPECTED[where]);
    } else if (char === "{" || char === "[") {
      if (open.length >= maxDepth) return wrong(`at most ${maxDepth} levels of nesting`);
      open.push(char);
      where = char === "{" ? "first key" : "first item";
      at++;
    } else {
      if (!match(NUMBER) && !match(LITERAL)) return wrong(EXPECTED[where]);
      where = "after";
    }
  }
}

/** The offset after the string that begins at `start`, or what is wrong inside it. A loop: a pattern would need stack. */
function stringEnd(text: string, start: number): number | JsonProblem {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return describe(text, at, "an escape such as \\n in place of a raw control character");
    if (code !== 0x5c) at++;
    else {
      ESCAPE.lastIndex = at;
      if (!ESCAPE.test(text)) return describe(text, at, "a valid escape such as \\n or \\u00e9");
      at = ESCAPE.lastIndex;
    }
  }
  return describe(text, at, "a closing double quote");
}

function describe(text: string, at: number, expected: string): JsonProblem {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf("\n"); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) {
    line++;
    lineStart = i + 1;
  }
  let column = 1;
  for (let i = lineStart; i < at; i += text.codePointAt(i)! > 0xffff ? 2 : 1) column++;
  const found = at >= text.length ? "the text ends" : "something else stands there";
  return { line, column, expected, found };
}
