/** How long a test waits for something that should happen at once, or after a few answers of a broker. */
export const BOUND_MS = 20_000;

const LOOK_EVERY_MS = 10;

/**
 * Waits until a condition holds, looking again and again. Throws what did not happen, within the bound. Undefined and
 * false are "not yet"; anything else is handed back.
 */
export async function waitFor<T>(
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  what: string | (() => string),
  boundMs: number = BOUND_MS,
): Promise<T> {
  const end = performance.now() + boundMs;
  while (true) {
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > end) {
      throw new Error(
        `Waited ${boundMs} ms in vain for ${typeof what === "string" ? what : what()}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Waits for a promise, but at most `boundMs`. */
export async function within<T>(work: Promise<T>, what: string, boundMs: number = BOUND_MS): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${boundMs} ms in vain for ${what}`)), boundMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
