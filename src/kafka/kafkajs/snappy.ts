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

/** Java's frames, or the one bare block that librdkafka writes. */
export function decompress(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return Buffer.from(uncompress(bytes));
  const parts: Uint8Array[] = [];
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const length = bytes.readInt32BE(at);
    parts.push(uncompress(bytes.subarray(at + 4, at + 4 + length)));
    at += 4 + length;
  }
  return Buffer.concat(parts);
}
