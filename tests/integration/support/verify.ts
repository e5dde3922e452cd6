import assert from "node:assert/strict";

/** One time that a message was worked on. */
export interface Sighting {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
}

const placeOf = ({ topic, partition, offset }: Sighting) => `${topic}[${partition}]@${offset}`;

/**
 * Each acknowledged id was seen, nothing else was, and no more than `duplicates` records were seen again: with one
 * message at a time, each crash and each lost assignment may bring one a second time. Records are told apart by their
 * place, since a producer that sends again may have written an id twice.
 */
export function assertDelivered(
  acknowledged: readonly string[],
  sightings: readonly Sighting[],
  duplicates: number,
): void {
  const seen = new Set(sightings.map(({ id }) => id));
  assert.deepEqual(acknowledged.filter((id) => !seen.has(id)), [], "ids that were lost");
  const known = new Set(acknowledged);
  assert.deepEqual([...seen].filter((id) => !known.has(id)), [], "ids that nobody sent");
  const again = sightings.length - new Set(sightings.map(placeOf)).size;
  assert.ok(again <= duplicates, `${again} messages came again; at most ${duplicates} may`);
}

/**
 * Within each partition no message begins before all that precede it have been seen: what is skipped now might be
 * committed past.
 */
export function assertNothingSkipped(sightings: readonly Sighting[]): void {
  const next = new Map<string, number>();
  for (const sighting of sightings) {
    const { topic, partition, offset } = sighting;
    const lane = `${topic}[${partition}]`;
    const expected = next.get(lane) ?? 0;
    assert.ok(offset <= expected, `${placeOf(sighting)} was begun where ${expected} was next`);
    next.set(lane, Math.max(expected, offset + 1));
  }
}
