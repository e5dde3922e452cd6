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

/** The codecs that are read and written, by their names. */
export const KNOWN_CODECS: readonly string[] = Object.keys(TYPES).filter((name) => name !== "none");

/** Whether there is such a codec; 0, for none, is one. */
export function isKnownCodec(type: number): boolean {
  return Object.values(TYPES).includes(type);
}

/** A codec by kafkajs' number, which is Kafka's. */
export function codecOf(type: number): { readonly name: string; decompress(bytes: Buffer): Promise<Buffer> } {
  const name = Object.keys(TYPES).find((name) => TYPES[name] === type) ?? String(type);
  return { name, decompress: (bytes) => compressionCodecs[type]!().decompress(bytes) };
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
