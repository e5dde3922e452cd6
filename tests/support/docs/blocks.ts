/** The fenced blocks of a page, as CONTRIBUTING.md describes their notation. */

/** One fenced block. */
export interface Block {
  /** Line of its fence, from 1. */
  readonly line: number;
  /** First word of the fence: `ts`, `sh`, `json`, `text`. */
  readonly language: string;
  /** File that it is written to, from the page's folder: `file=jobs/hello.ts`. */
  readonly file: string | undefined;
  /** Why it is not run: the fence says `ignore`, and the comment before it the reason. */
  readonly ignored: string | undefined;
  readonly text: string;
}

/** A page, read. */
export interface Page {
  /** Path from the repository's root. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** What its blocks need: the words of its comment `<!-- snippets need: kafka postgres -->`. */
  readonly needs: readonly string[];
}

const NEEDS = /^<!-- snippets need: ([a-z ]+) -->$/m;
const REASON = /^<!-- not run: (.+) -->$/;
/** Servers; `program` stands for what `deno compile` needs: tests/binary runs such a page. */
const KNOWN_NEEDS = ["kafka", "postgres", "program"];
const LANGUAGES = ["ts", "sh", "json", "text"];
/** Shown, not run: they are neither code nor data. */
const PICTURES = ["mermaid"];

/** Reads a page. Throws what is wrong with the notation of a block, by its line. */
export function readPage(path: string, markdown: string): Page {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opening = /^( *)(`{3,}|~{3,})(.*)$/.exec(lines[at] ?? "");
    if (opening === null) continue;
    const [, indent = "", fence = "", info = ""] = opening;
    const end = lines.findIndex((line, i) => i > at && line.trim() === fence);
    if (end < 0) throw new Error(`${path}:${at + 1}: the block does not end`);
    const content = lines.slice(at + 1, end).map((line) =>
      line.startsWith(indent) ? line.slice(indent.length) : line
    );
    const block = readBlock(`${path}:${at + 1}`, at + 1, info, reasonBefore(lines, at), content.join("\n"));
    if (block !== undefined) blocks.push(block);
    at = end;
  }
  const needs = NEEDS.exec(markdown)?.[1]?.split(" ") ?? [];
  const unknown = needs.find((word) => !KNOWN_NEEDS.includes(word));
  if (unknown !== undefined) {
    throw new Error(`${path}: snippets need "${unknown}": known are ${KNOWN_NEEDS.join(", ")}`);
  }
  return { path, blocks, needs };
}

function readBlock(
  place: string,
  line: number,
  info: string,
  reason: string | undefined,
  text: string,
): Block | undefined {
  const [language = "", ...words] = info.trim().split(/\s+/);
  if (PICTURES.includes(language)) return undefined;
  if (!LANGUAGES.includes(language)) {
    throw new Error(`${place}: "${language}" is no language of a block: ${LANGUAGES.join(", ")}`);
  }
  let file: string | undefined;
  let isIgnored = false;
  for (const word of words) {
    if (word === "ignore") isIgnored = true;
    else if (/^file=[\w./-]+$/.test(word)) file = word.slice("file=".length);
    else throw new Error(`${place}: "${word}" is unknown: a fence takes file=PATH or ignore`);
  }
  if (isIgnored && reason === undefined) {
    throw new Error(`${place}: a block that is ignored has <!-- not run: REASON --> before it`);
  }
  if (!isIgnored && reason !== undefined) {
    throw new Error(`${place}: the comment says that it is not run, the fence lacks "ignore"`);
  }
  return { line, language, file, ignored: isIgnored ? reason : undefined, text };
}

/** The comment right before a fence, blank lines aside. */
function reasonBefore(lines: readonly string[], at: number): string | undefined {
  for (let i = at - 1; i >= 0; i--) {
    const line = lines[i]?.trim() ?? "";
    if (line !== "") return REASON.exec(line)?.[1];
  }
  return undefined;
}
