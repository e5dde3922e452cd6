const MASK = "***";
const SHORTEST = 4;

/** Longest first, so that one secret inside another does not leave the rest of the longer one readable. */
let known: string[] = [];

/**
 * A password or key: it prints as `***` wherever it is printed, in logs, errors, JSON and `Deno.inspect`. Only
 * {@link Secret.reveal} gives the text, and only the driver that needs it calls that.
 */
export class Secret {
  readonly #text: string;

  /** Hides a text, and has it masked in logs and errors if it has at least four characters. */
  constructor(text: string) {
    this.#text = text;
    registerSecret(text);
  }

  /** The text itself. Never put it into a message. */
  reveal(): string {
    return this.#text;
  }

  /** Always `***`. */
  toString(): string {
    return MASK;
  }

  /** Always `***`. */
  toJSON(): string {
    return MASK;
  }

  /** Always `***`. */
  [Symbol.for("Deno.customInspect")](): string {
    return MASK;
  }

  /** Always `***`. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return MASK;
  }
}

/**
 * Has a text masked from now on by {@link redactSecrets}, also as it looks inside a URL or a JSON text. A text of fewer
 * than four characters is not: it would mask ordinary words.
 */
export function registerSecret(text: string): void {
  if (text.length < SHORTEST || known.includes(text)) return;
  const forms = new Set([text, encodeURIComponent(text.toWellFormed()), JSON.stringify(text).slice(1, -1)]);
  known = [...new Set([...known, ...forms])].sort((a, b) => b.length - a.length);
}

/**
 * The text with every known secret of at least four characters replaced by `***`: a last guard for what libraries put
 * into their messages.
 */
export function redactSecrets(text: string): string {
  let result = text;
  for (const secret of known) {
    if (result.includes(secret)) result = result.replaceAll(secret, MASK);
  }
  return result;
}

const SECRET_NAME =
  /(?:^|[^a-z0-9])(?:password|passwd|passphrase|secret|token|credentials?|api[_-]?key|private[_-]?key|access[_-]?key)$/i;

/**
 * Whether a setting of that name holds a secret: its last word is password, passwd, passphrase, secret, token,
 * credential(s), api_key, private_key or access_key. `key` alone is not: `client_key` is a path in the seed's context,
 * `key_column` a column.
 */
export function namesSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s/:@?#]*:)([^\s/@?#]+)(?=@)/gi;

/** Registers what is secret in a setting: all of it if its name says so, and the password of a URL in any. */
export function registerSecretsIn(name: string, text: string): void {
  if (namesSecret(name)) registerSecret(text);
  for (const [, , password] of text.matchAll(URL_PASSWORD)) {
    if (password === undefined) continue;
    registerSecret(password);
    try {
      registerSecret(decodeURIComponent(password));
    } catch {
      // not percent-encoded: the text itself is registered
    }
  }
}

/** The text with known secrets, and the passwords of URLs, replaced by `***`: for showing a setting in an error. */
export function maskSecrets(text: string): string {
  return redactSecrets(text).replace(URL_PASSWORD, `$1${MASK}`);
}
