const MOST_PLANS = 8; // about as many calls of one mod as a job has; looking through more costs more than a plan
const MOST_OF_ONE = 4;

interface Known<S, T> {
  readonly settings: S;
  readonly made: T;
}

/**
 * Makes something of settings once for all calls that bring the same ones: a job calls a mod with each message, and the
 * parameters are copied on their way. Settings are the same where their values and the order of their keys are; functions
 * and other objects by identity. What belongs to a function goes when the function goes, so that one made for a message
 * does not keep the message.
 */
export function remember<S extends object, T>(make: (settings: S) => T): (settings: S) => T {
  const plain: Known<S, T>[] = [];
  const byFunction = new WeakMap<object, Known<S, T>[]>();
  return (settings) => {
    const key = firstFunction(settings);
    let known = key === undefined ? plain : byFunction.get(key);
    const found = known?.find((one) => isSame(one.settings, settings));
    if (found !== undefined) return found.made;
    const made = make(settings);
    if (known === undefined) byFunction.set(key!, known = []);
    known.unshift({ settings, made });
    if (known.length > (key === undefined ? MOST_PLANS : MOST_OF_ONE)) known.pop();
    return made;
  };
}

function firstFunction(value: object): object | undefined {
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === "function") return item;
    const inner = isPlain(item) ? firstFunction(item) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return !isMutable(a);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item, b[i]));
  }
  if (!isPlain(a) || !isPlain(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length &&
    keys.every((key, i) =>
      key === others[i] && isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
    );
}

/** A Date or another object that its owner may have changed since. */
function isMutable(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
