const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/**
 * The 32-bit murmur2 hash as Kafka's Java client computes it, as a signed integer
 * (org.apache.kafka.common.utils.Utils.murmur2). kafkajs' default partitioner agrees with it.
 */
export function murmur2(data: Uint8Array): number {
  const tail = data.length & ~3;
  const byte = (i: number): number => data[i] ?? 0;
  let hash = SEED ^ data.length;
  for (let i = 0; i < tail; i += 4) {
    const word = byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    const mixed = Math.imul(word, MIX);
    hash = Math.imul(hash, MIX) ^ Math.imul(mixed ^ mixed >>> 24, MIX);
  }
  const rest = data.length - tail;
  if (rest > 2) hash ^= byte(tail + 2) << 16;
  if (rest > 1) hash ^= byte(tail + 1) << 8;
  if (rest > 0) hash = Math.imul(hash ^ byte(tail), MIX);
  hash = Math.imul(hash ^ hash >>> 13, MIX);
  return hash ^ hash >>> 15;
}

/** The partition of a key: the same as Java's and kafkajs' clients choose, so that a key stays in its partition. */
export function partitionOfKey(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
