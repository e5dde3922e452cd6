import { ConfigurationError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { registerSecretsIn } from "../core/secret.ts";
import type { ReferenceResolver } from "../core/settings.ts";
import { fromEnvironment, type Outside, readTextFile, variableOf } from "./environment.ts";
import { parseTemplate, type Reference } from "./template.ts";
import { asTypeOf, isObject, keysOf, valueAt } from "./values.ts";

/** What a context is made from. */
export interface ContextSources extends Outside {
  /** The content of the context file; none where there is no file. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The name of that file, for errors. */
  readonly file?: string;
}

/** Where a reference stands: the parameter, and the keys of the context file that led to it. */
interface Where {
  readonly subject: string;
  readonly via: readonly string[];
}

/**
 * Where settings come from. A key is looked for in the environment (`KAFKA_USERNAME`, else the file that
 * `KAFKA_USERNAME_FILE` names) and then in the context file, whose values may hold references of their own. What the
 * environment or a file holds is never searched for `${`. A key is read once and then remembered, so that a mod that
 * runs for each message costs no look-up, and one job sees one value.
 */
export class Context {
  readonly #sources: ContextSources;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #known = new Map<string, unknown>();

  constructor(sources: ContextSources) {
    this.#sources = sources;
    this.#values = sources.values ?? {};
  }

  /** Fills in the references of a parameter: see {@link ReferenceResolver}. */
  readonly resolve: ReferenceResolver = (text, place) =>
    this.#fill(text, { subject: `parameter "${place.parameter}"`, via: [] });

  /**
   * The value of a key such as `kafka.username`; undefined where no source has it. Throws a `ConfigurationError` where
   * it has a reference that cannot be filled in.
   */
  value(key: string): unknown {
    return this.#key(key.split("."), { subject: `setting "${key}"`, via: [] });
  }

  /** Where a key was looked for in vain, in words. */
  missing(key: string): string {
    const path = key.split(".");
    const { file, env } = this.#sources;
    const inFile = file === undefined
      ? "there is no context file (setupContext)"
      : `${file} has no key "${key}"`;
    const variable = variableOf(path);
    const inEnvironment = path.length < 2
      ? `a key without a section is not looked for in the environment (write \${env:${variable}})`
      : env(variable) === undefined
      ? `neither ${variable} nor ${variable}_FILE is set`
      : `${variable} holds what Kubernetes sets for a Service, which does not count`;
    return `${inFile}, and ${inEnvironment}${didYouMean(key, keysOf(this.#values))}`;
  }

  #fill(text: string, where: Where): unknown {
    const parts = this.#explained(where, "", () => parseTemplate(text));
    const [only] = parts;
    if (parts.length === 1 && only !== undefined && typeof only !== "string") return this.#found(only, where);
    return parts.map((part) => typeof part === "string" ? part : this.#asText(part, where)).join("");
  }

  #asText(reference: Reference, where: Where): string {
    const value = this.#found(reference, where);
    if (typeof value !== "object") return String(value);
    const kind = value === null ? "null" : Array.isArray(value) ? "a list" : "an object";
    throw this.#error(where, `${reference.text} is ${kind}: it cannot stand inside a text, only alone`);
  }

  #found(reference: Reference, where: Where): unknown {
    const cannot = `cannot fill in ${reference.text}: `;
    const value = this.#explained(where, cannot, () => {
      if (reference.kind === "file") return readTextFile(reference.path, this.#sources);
      if (reference.kind === "key") return this.#key(reference.path, where);
      const text = this.#sources.env(reference.name);
      if (text !== undefined) registerSecretsIn(reference.name, text);
      return text;
    });
    if (value !== undefined) return value;
    throw this.#error(
      where,
      cannot +
        (reference.kind === "key" ? this.missing(reference.path.join(".")) : "that variable is not set"),
    );
  }

  #key(path: readonly string[], where: Where): unknown {
    const key = path.join(".");
    if (where.via.includes(key)) {
      const loop = [...where.via.slice(where.via.indexOf(key)), key].join(" -> ");
      throw this.#error(where, `the context refers to itself: ${loop}`);
    }
    if (!this.#known.has(key)) {
      const value = this.#read(path, { ...where, via: [...where.via, key] });
      if (value === undefined) return undefined;
      this.#known.set(key, value);
    }
    const value = this.#known.get(key);
    return typeof value === "object" ? structuredClone(value) : value; // a copy: nobody may change the settings
  }

  /** A key and all below it, each overridden by its own variable. */
  #read(path: readonly string[], where: Where): unknown {
    const written = valueAt(this.#values, path);
    const text = fromEnvironment(path, this.#sources);
    const value = text === undefined ? this.#inner(written, path, where) : asTypeOf(text, written);
    if (typeof value === "string" || typeof value === "number") {
      registerSecretsIn(path.join("."), String(value));
    }
    return value;
  }

  #inner(written: unknown, path: readonly string[], where: Where): unknown {
    if (typeof written === "string") return written.includes("${") ? this.#fill(written, where) : written;
    if (Array.isArray(written)) return written.map((item) => this.#inner(item, path, where));
    if (!isObject(written)) return written;
    return Object.fromEntries(
      Object.keys(written).map((key) => [key, this.#read([...path, key], where)]),
    );
  }

  /** Runs a look-up; what it throws without a place is told with it. */
  #explained<T>(where: Where, what: string, look: () => T): T {
    try {
      return look();
    } catch (error) {
      if (error instanceof PlacedError) throw error;
      if (!(error instanceof ConfigurationError || error instanceof SyntaxError)) throw error;
      throw this.#error(where, what + error.message);
    }
  }

  #error(where: Where, problem: string): ConfigurationError {
    const inside = where.via.length === 0 ? "" : ` (in ${this.#sources.file}, "${where.via.at(-1)}")`;
    return new PlacedError(`${where.subject}${inside}: ${problem}`);
  }
}

/** An error that already says where its reference stands. */
class PlacedError extends ConfigurationError {}
