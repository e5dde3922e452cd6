const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

// Control characters (C0, DEL, C1), line and paragraph separators, and the marks that reorder text on a screen.
// deno-lint-ignore no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * The text with everything escaped that could break its line or command the terminal that shows it: one event stays one
 * line, and a message made from foreign input cannot forge another. Backslashes stay as they are, for people's sake.
 */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => NAMED[char] ?? numbered(char, char < "\u0100" ? "\\x" : "\\u"));
}

/** A JSON text with the same characters escaped that JSON itself lets through. */
export function escapeInJson(json: string): string {
  return json.replace(UNSAFE, (char) => numbered(char, "\\u"));
}

function numbered(char: string, prefix: "\\x" | "\\u"): string {
  return prefix + char.charCodeAt(0).toString(16).padStart(prefix === "\\x" ? 2 : 4, "0");
}
