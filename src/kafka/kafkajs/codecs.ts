import type { Buffer } from "node:buffer";
import { type Codec, compressionCodecs, compressionTypes } from "./internals.ts";

const TYPES: Readonly<Record<string, number>> = {
  none: compressionTypes.None,
  gzip: compressionTypes.GZIP,
  snappy: compressionTypes.Snappy,
  lz4: compressionTypes.LZ4,
  zstd: compressionTypes.ZSTD,
};

/** kafkajs' number of a `compression.type`. */
export function compressionOf(name: string): number {
  const type = TYPES[name];
  if (type === undefined) {
    throw new RangeError(`Cannot compress by ${name}: expected ${Object.keys(TYPES).join(", ")}`);
  }
  return type;
}

/** The two directions of a codec. */
export interface CodecModule {
  compress(bytes: Buffer): Buffer | Promise<Buffer>;
  decompress(bytes: Buffer): Buffer | Promise<Buffer>;
}

/** A codec that is loaded when the first batch in it is met. */
function lazy(load: () => Promise<CodecModule>): Codec {
  return {
    compress: async ({ buffer }) => (await load()).compress(buffer),
    decompress: async (buffer) => (await load()).decompress(buffer),
  };
}

// kafkajs knows gzip only: one record in another codec would stop a consumer
const snappy = lazy(() => import("./snappy.ts"));
const lz4 = lazy(() => import("./lz4.ts"));
const zstd = lazy(() => import("./zstd.ts"));
compressionCodecs[compressionTypes.Snappy] = () => snappy;
compressionCodecs[compressionTypes.LZ4] = () => lz4;
compressionCodecs[compressionTypes.ZSTD] = () => zstd;
