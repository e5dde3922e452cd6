/**
 * The messages that a job's log says it skipped, by their places (`[partition]@offset`), each once however often it was
 * logged: one that came again after a crash is skipped again. The text is that of src/consume/work.ts.
 */
export function skippedIn(log: string, topic: string): ReadonlySet<string> {
  const found = new Set<string>();
  const prefix = `Cannot process ${topic}[`;
  for (const line of log.split("\n")) {
    const at = line.indexOf(prefix);
    const place = at < 0 ? null : /^(\[\d+\]@\d+), skipping it/.exec(line.slice(at + prefix.length - 1));
    if (place?.[1] !== undefined) found.add(place[1]);
  }
  return found;
}

/** Malformed messages that were not skipped, and skipped ones that were not malformed; a line each. */
export function compareSkipped(
  malformed: ReadonlyMap<string, string>,
  skipped: ReadonlySet<string>,
): readonly string[] {
  return [
    ...[...malformed].filter(([place]) => !skipped.has(place))
      .map(([place, problem]) => `message ${place} (${problem}) was not skipped`),
    ...[...skipped].filter((place) => !malformed.has(place))
      .map((place) => `message ${place} was skipped and is a valid order`),
  ];
}
