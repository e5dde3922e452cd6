const MASK = "***";
const known = new Set<string>();

/**
 * A password or key: it prints as `***` wherever it is printed, in logs, errors, JSON and `Deno.inspect`. Only
 * {@link Secret.reveal} gives the text, and only the driver that needs it calls that.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    if (text.length >= 4) known.add(text);
  }

  /** The text itself. Never put it into a message. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.for("Deno.customInspect")](): string {
    return MASK;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return MASK;
  }
}

/**
 * The text with every known secret of at least four characters replaced by `***`: a last guard for what libraries put
 * into their messages. Shorter ones would mask ordinary words.
 */
export function redactSecrets(text: string): string {
  let result = text;
  for (const secret of known) {
    if (result.includes(secret)) result = result.replaceAll(secret, MASK);
  }
  return result;
}
