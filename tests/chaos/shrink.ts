/** What shrinking came to. */
export interface Shrunk<T> {
  /** The smallest list that was seen to fail. */
  readonly items: readonly T[];
  /** Tries that it took. */
  readonly tries: number;
  /** Whether no single item can be left out any more. */
  readonly isMinimal: boolean;
}

/**
 * Makes a failing list smaller, by delta debugging (Zeller's ddmin): tries parts of it, then what is left without a part,
 * then with smaller parts, until nothing can be left out or the tries are used up. What does not fail each time
 * may look as if it did not: then more is left than must be, and what is left was seen to fail.
 *
 * @param fails Whether a list fails; the whole list is taken to.
 */
export async function shrink<T>(
  all: readonly T[],
  fails: (items: readonly T[]) => Promise<boolean>,
  maxTries: number,
): Promise<Shrunk<T>> {
  let items = all;
  let tries = 0;
  const attempt = async (some: readonly T[]): Promise<boolean> => {
    if (tries >= maxTries) return false;
    tries++;
    if (!await fails(some)) return false;
    items = some;
    return true;
  };
  for (let parts = 2; items.length > 0 && tries < maxTries;) {
    parts = Math.min(parts, items.length);
    const [before, pieces] = [items, split(items, parts)];
    let found = false;
    for (const piece of parts > 1 && parts < before.length ? pieces : []) {
      found = await attempt(piece);
      if (found) break;
    }
    if (found) {
      parts = 2;
      continue;
    }
    for (let i = 0; i < pieces.length && !found; i++) {
      found = await attempt(pieces.filter((_, other) => other !== i).flat());
    }
    if (found) parts = Math.max(parts - 1, 2);
    else if (parts >= before.length) return { items, tries, isMinimal: tries < maxTries };
    else parts *= 2;
  }
  return { items, tries, isMinimal: items.length === 0 };
}

function split<T>(items: readonly T[], parts: number): readonly (readonly T[])[] {
  const size = items.length / parts;
  return Array.from(
    { length: parts },
    (_, i) => items.slice(Math.round(i * size), Math.round((i + 1) * size)),
  );
}
