import { Buffer } from "node:buffer";

const MIN_MATCH = 4;
/** Rules of the format: the last bytes of a block are literals, and no match begins in its last twelve. */
const LAST_LITERALS = 5;
const MATCH_LIMIT = 12;
const HASH_BITS = 13;

/** One block of at most 64 kB, each run of bytes that came before replaced by a reference to it. */
export function compressBlock(plain: Buffer): Buffer {
  const seen = new Int32Array(1 << HASH_BITS).fill(-1);
  const output = Buffer.allocUnsafe(plain.length + Math.ceil(plain.length / 255) + 16);
  let at = 0;
  let anchor = 0;
  let end = 0;
  while (at < plain.length - MATCH_LIMIT) {
    const word = plain.readUInt32LE(at);
    const hash = Math.imul(word, 2654435761) >>> 32 - HASH_BITS;
    const candidate = seen[hash]!;
    seen[hash] = at;
    if (candidate < 0 || plain.readUInt32LE(candidate) !== word) {
      at += 1 + (at - anchor >> 6); // faster where nothing matches
      continue;
    }
    let length = MIN_MATCH;
    while (at + length < plain.length - LAST_LITERALS && plain[candidate + length] === plain[at + length]) {
      length++;
    }
    end = writeSequence(output, end, plain.subarray(anchor, at), at - candidate, length);
    at += length;
    anchor = at;
  }
  return output.subarray(0, writeSequence(output, end, plain.subarray(anchor), 0, 0));
}

/** Literals, then a reference `distance` back; the last sequence of a block has none. */
function writeSequence(
  output: Buffer,
  start: number,
  literals: Buffer,
  distance: number,
  match: number,
): number {
  const extra = match - MIN_MATCH;
  output[start] = Math.min(literals.length, 15) << 4 | (distance === 0 ? 0 : Math.min(extra, 15));
  let end = writeLength(output, start + 1, literals.length);
  end += literals.copy(output, end);
  if (distance === 0) return end;
  end = output.writeUInt16LE(distance, end);
  return writeLength(output, end, extra);
}

/** The part of a length beyond the 15 that fit into the token. */
function writeLength(output: Buffer, start: number, length: number): number {
  let end = start;
  let rest = length - 15;
  if (rest < 0) return end;
  for (; rest >= 255; rest -= 255) output[end++] = 255;
  output[end++] = rest;
  return end;
}

/**
 * Appends the content of a block to what was read of its frame, which it may refer to. Returns the output, which grows
 * by being replaced, and its new length. Throws a `RangeError` where the block is malformed.
 */
export function decompressBlock(
  block: Buffer,
  output: Buffer,
  written: number,
): [output: Buffer, written: number] {
  let at = 0;
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble < 15) return sum;
    for (;;) {
      const byte = block.readUInt8(at++);
      sum += byte;
      if (byte < 255) return sum;
    }
  };
  while (at < block.length) {
    const token = block.readUInt8(at++);
    const literals = length(token >> 4);
    if (at + literals > block.length) {
      throw new RangeError("Cannot read LZ4 data: a block ends within its literals");
    }
    output = withRoom(output, written, literals);
    written += block.copy(output, written, at, at + literals);
    at += literals;
    if (at >= block.length) break; // the last sequence
    const distance = block.readUInt16LE(at);
    at += 2;
    const match = length(token & 15) + MIN_MATCH;
    if (distance === 0 || distance > written) {
      throw new RangeError("Cannot read LZ4 data: a reference leads nowhere");
    }
    output = withRoom(output, written, match);
    // byte by byte where it overlaps: a reference may repeat what it is just writing
    if (distance >= match) output.copyWithin(written, written - distance, written - distance + match);
    else for (let i = 0; i < match; i++) output[written + i] = output[written + i - distance]!;
    written += match;
  }
  return [output, written];
}

/** The same bytes in a buffer that has room for more. */
export function withRoom(output: Buffer, written: number, more: number): Buffer {
  if (written + more <= output.length) return output;
  const larger = Buffer.alloc(Math.max(output.length * 2, written + more));
  output.copy(larger, 0, 0, written);
  return larger;
}
