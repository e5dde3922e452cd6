import assert from "node:assert/strict";

/** One time that a message was worked on. */
export interface Sighting {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
}

/** How often each id was seen. */
export function countById(sightings: readonly { readonly id: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of sightings) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/**
 * Each acknowledged id was seen, nothing else was, and no more than `duplicates` were seen again: with one message at a
 * time, each crash and each lost assignment may bring one message a second time.
 */
export function assertDelivered(
  acknowledged: readonly string[],
  sightings: readonly { readonly id: string }[],
  duplicates: number,
): void {
  const counts = countById(sightings);
  assert.deepEqual(acknowledged.filter((id) => !counts.has(id)), [], "ids that were lost");
  const known = new Set(acknowledged);
  assert.deepEqual([...counts.keys()].filter((id) => !known.has(id)), [], "ids that nobody sent");
  const again = sightings.length - counts.size;
  assert.ok(again <= duplicates, `${again} messages came again; at most ${duplicates} may`);
}

/**
 * Within each partition no message begins before all that precede it have been seen: what is skipped now might be
 * committed past.
 */
export function assertNothingSkipped(sightings: readonly Sighting[]): void {
  const next = new Map<string, number>();
  for (const { topic, partition, offset } of sightings) {
    const place = `${topic}[${partition}]`;
    const expected = next.get(place) ?? 0;
    assert.ok(offset <= expected, `${place}@${offset} was begun where ${expected} was next`);
    next.set(place, Math.max(expected, offset + 1));
  }
}
