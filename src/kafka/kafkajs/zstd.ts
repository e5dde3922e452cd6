import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";

/** Zstandard, by the runtime's own library. */
export const compress: (bytes: Buffer) => Promise<Buffer> = promisify(zstdCompress);
export const decompress: (bytes: Buffer) => Promise<Buffer> = promisify(zstdDecompress);
