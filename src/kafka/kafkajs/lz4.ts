import { Buffer } from "node:buffer";
import { compressBlock, decompressBlock, withRoom } from "./lz4_block.ts";

/** LZ4's frame format: blocks of 64 kB that do not refer to each other, no checksums; the last byte is the header's. */
const HEADER = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]);
const MAGIC = HEADER.readUInt32LE(0);
const BLOCK_BYTES = 64 * 1024;
/** Set in a block's length where the block is not compressed. */
const PLAIN = 0x80000000;

const HAS_BLOCK_CHECKSUM = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_CONTENT_CHECKSUM = 0x04;
const HAS_DICTIONARY = 0x01;

/** An LZ4 frame as brokers accept it: they refuse blocks that refer to earlier ones. */
export function compress(bytes: Buffer): Buffer {
  const parts: Buffer[] = [HEADER];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const plain = bytes.subarray(at, at + BLOCK_BYTES);
    const block = compressBlock(plain);
    const length = Buffer.alloc(4);
    const fits = block.length < plain.length;
    length.writeUInt32LE(fits ? block.length : (plain.length | PLAIN) >>> 0);
    parts.push(length, fits ? block : plain);
  }
  parts.push(Buffer.alloc(4)); // a block of no bytes ends it
  return Buffer.concat(parts);
}

/** Any LZ4 frame, or several, one behind the other. Throws a `RangeError` where it is malformed. */
export function decompress(bytes: Buffer): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const [frame, end] = readFrame(bytes, at);
    frames.push(frame);
    at = end;
  }
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames);
}

function readFrame(bytes: Buffer, start: number): readonly [frame: Buffer, end: number] {
  if (bytes.readUInt32LE(start) !== MAGIC) {
    throw new RangeError("Cannot read LZ4 data: it is not in the frame format");
  }
  const flags = bytes.readUInt8(start + 4);
  if ((flags & HAS_DICTIONARY) !== 0) throw new RangeError("Cannot read LZ4 data: it needs a dictionary");
  let at = start + HEADER.length + ((flags & HAS_CONTENT_SIZE) !== 0 ? 8 : 0);
  let output: Buffer = Buffer.alloc(Math.max(BLOCK_BYTES, bytes.length * 4));
  let written = 0;
  for (;;) {
    const size = bytes.readUInt32LE(at);
    at += 4;
    if (size === 0) break;
    const block = bytes.subarray(at, at + (size & ~PLAIN));
    if (block.length < (size & ~PLAIN)) throw new RangeError("Cannot read LZ4 data: it ends within a block");
    if ((size & PLAIN) === 0) {
      [output, written] = decompressBlock(block, output, written);
    } else {
      output = withRoom(output, written, block.length);
      written += block.copy(output, written);
    }
    at += block.length + ((flags & HAS_BLOCK_CHECKSUM) !== 0 ? 4 : 0);
  }
  return [output.subarray(0, written), at + ((flags & HAS_CONTENT_CHECKSUM) !== 0 ? 4 : 0)];
}
