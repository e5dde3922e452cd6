/** A `${...}` in a text. */
export type Reference =
  /** `${kafka.username}`: a key of the context. */
  | { readonly kind: "key"; readonly text: string; readonly path: readonly string[] }
  /** `${env:HOME}`: a variable of the environment. */
  | { readonly kind: "env"; readonly text: string; readonly name: string }
  /** `${file:/run/secrets/x}`: the text of a file. */
  | { readonly kind: "file"; readonly text: string; readonly path: string };

/** A piece of a text that is to be filled in: literal, or a reference. */
export type Part = string | Reference;

const KEY = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const TOKEN = /\$\$\{|\$\{([^}]*)(\}?)/g;

/**
 * The pieces of a text: literal ones and references; `$${` is a literal `${`. Throws a `SyntaxError` that says what is
 * wrong with a reference, for the caller to say where it stands.
 */
export function parseTemplate(text: string): readonly Part[] {
  const parts: Part[] = [];
  let literal = "";
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    literal += text.slice(end, match.index);
    end = match.index + match[0].length;
    if (match[1] === undefined) {
      literal += "${";
      continue;
    }
    if (literal !== "") parts.push(literal);
    literal = "";
    parts.push(parseReference(match[1], match[2] === "}"));
  }
  literal += text.slice(end);
  if (literal !== "" || parts.length === 0) parts.push(literal);
  return parts;
}

function parseReference(inside: string, closed: boolean): Reference {
  if (!closed) throw new SyntaxError('"${" without its "}" (a "${" that is meant as text is written "$${")');
  const text = `\${${inside}}`;
  if (KEY.test(inside)) return { kind: "key", text, path: inside.split(".") };
  const colon = inside.indexOf(":");
  const [scheme, rest] = colon < 0 ? ["", inside] : [inside.slice(0, colon), inside.slice(colon + 1)];
  if (scheme === "env" && NAME.test(rest)) return { kind: "env", text, name: rest };
  if (scheme === "file" && rest !== "") return { kind: "file", text, path: rest };
  throw new SyntaxError(
    `${text} is not a reference: expected \${section.key}, \${env:NAME} or \${file:/path}`,
  );
}
