import { Buffer } from "node:buffer";
import snappyjs from "../../deps/snappyjs.ts";

const { compress: compressBlock, uncompress } = snappyjs as {
  compress(bytes: Uint8Array): Uint8Array;
  uncompress(bytes: Uint8Array): Uint8Array;
};

/** How the Java library frames blocks: this, two version numbers, then each block behind its length. */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const HEADER_BYTES = 16;
const BLOCK_BYTES = 64 * 1024;
/** At best three bytes stand for 64. */
const MOST_EXPANSION = 22;

/** Snappy in Java's frames, which every client reads. */
export function compress(bytes: Buffer): Buffer {
  const versions = Buffer.alloc(HEADER_BYTES - MAGIC.length);
  versions.writeInt32BE(1, 0);
  versions.writeInt32BE(1, 4);
  const parts: Uint8Array[] = [MAGIC, versions];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = compressBlock(bytes.subarray(at, at + BLOCK_BYTES));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/** Java's frames, or the one bare block that librdkafka writes. Throws where it is malformed. */
export function decompress(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return Buffer.from(uncompressBlock(bytes));
  const parts: Uint8Array[] = [];
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const length = bytes.readInt32BE(at);
    const end = at + 4 + length;
    if (length <= 0 || end > bytes.length) {
      throw new RangeError("Cannot read snappy data: a block's length is wrong");
    }
    parts.push(uncompressBlock(bytes.subarray(at + 4, end)));
    at = end;
  }
  return Buffer.concat(parts);
}

/** A block begins with the length of its content, which would be allocated however much it is. */
function uncompressBlock(block: Buffer): Uint8Array {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = block.readUInt8(i);
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) break;
  }
  if (length > block.length * MOST_EXPANSION) {
    throw new RangeError("Cannot read snappy data: a block is longer than it can be");
  }
  return uncompress(block);
}
