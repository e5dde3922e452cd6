import { compressionTypes } from "./internals.ts";

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
