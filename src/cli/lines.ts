const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * The lines of a stream of bytes, as they are but for their ends (LF, CR LF); those that one piece completes come
 * together. A last line without an end is a line too.
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  let rest: Uint8Array[] = [];
  for await (const piece of pieces) {
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      lines.push(withoutReturn(joined([...rest, piece.subarray(from, end)])));
      rest = [];
      from = end + 1;
    }
    if (from < piece.length) rest.push(piece.slice(from));
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [withoutReturn(joined(rest))];
}

/** All of a stream. */
export async function allOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return joined(await Array.fromAsync(pieces));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === RETURN ? line.subarray(0, -1) : line;
}
