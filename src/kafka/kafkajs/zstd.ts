import type { Buffer } from "node:buffer";
import { promisify } from "node:util";
import * as zlib from "node:zlib";

type Work = (bytes: Buffer, done: (error: Error | null, result: Buffer) => void) => void;

/** Both versions of Deno have them, the types of one of them do not. */
const { zstdCompress, zstdDecompress } = zlib as unknown as Record<"zstdCompress" | "zstdDecompress", Work>;

/** Zstandard, by the runtime's own library. */
export const compress: (bytes: Buffer) => Promise<Buffer> = promisify(zstdCompress);
export const decompress: (bytes: Buffer) => Promise<Buffer> = promisify(zstdDecompress);
