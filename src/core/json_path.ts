import {
  jsonpath,
  JSONPathEnvironment,
  JSONPathError,
  type JSONPathNode,
  JSONPathQuery,
} from "../deps/json_p3.ts";
import { ConfigurationError, errorText, PermanentError } from "./errors.ts";

/** One step to a value within another: a key of an object, or an index of a list. */
export type JsonStep = string | number;

/** A JSONPath (RFC 9535) that was read and may be asked of any number of values. */
export interface JsonPath {
  /** As it was written. */
  readonly text: string;
  /** Whether it can give one value at most: it has only names and indexes. */
  readonly isSingular: boolean;
  /** Where it is names and indexes and then `[*]`: the path to the list or object whose elements it gives. */
  readonly holder: JsonPath | undefined;
  /**
   * The steps to each value that it gives, in the order of the RFC. Throws a `PermanentError` where there are more than
   * `most`, or where the value is nested too deeply to be searched.
   */
  locate(value: unknown, most: number): readonly (readonly JsonStep[])[];
}

const MOST_LEVELS = 2100; // json_parser reads 2000 at most
const environment = new JSONPathEnvironment({ maxRecursionDepth: MOST_LEVELS });

const MOST_KNOWN = 1000; // paths stand in a job's code: more than this many are made from something else
const known = new Map<string, JsonPath>();

/**
 * Reads a JSONPath, once for each text. Throws a `ConfigurationError` that says where it is wrong, counting from 1.
 *
 * Filters compare as RFC 9535 says, numbers as doubles: `?@.id == 9007199254740993` also fits ...992.
 */
export function parseJsonPath(text: string): JsonPath {
  const before = known.get(text);
  if (before !== undefined) return before;
  const path = read(text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, path);
  return path;
}

/**
 * A JSONPath as a function that gives the values found, none where nothing fits: for filtering a stream of values that
 * `JSON.parse` made. Throws a `ConfigurationError` that says where the path is wrong.
 */
export function compileJsonPath(text: string, most = 1_000_000): (value: unknown) => unknown[] {
  const path = parseJsonPath(text);
  return (value) => path.locate(value, most).map((steps) => valueAt(value, steps));
}

/** The value at the end of some steps; undefined where one of them leads nowhere. Only own keys count. */
export function valueAt(value: unknown, steps: readonly JsonStep[]): unknown {
  let at = value;
  for (const step of steps) {
    if (typeof at !== "object" || at === null) return undefined;
    const isIndex = typeof step === "number";
    if (isIndex !== Array.isArray(at) || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<JsonStep, unknown>)[step];
  }
  return at;
}

function read(text: string): JsonPath {
  if (text === "") throw new ConfigurationError('"" is not a JSONPath (RFC 9535): it begins with $');
  let query: JSONPathQuery;
  try {
    query = environment.compile(text);
  } catch (error) {
    throw new ConfigurationError(`${JSON.stringify(text)} is not a JSONPath (RFC 9535): ${reason(error)}`);
  }
  return singular(query, text) ?? elements(query, text) ??
    { text, isSingular: false, holder: undefined, locate: (value, most) => search(query, text, value, most) };
}

/** The library's words, and the place as an editor counts it. */
function reason(error: unknown): string {
  if (!(error instanceof JSONPathError)) return errorText(error);
  const words = error.message.replace(/ \('[\s\S]*':\d+\)$/, "");
  return `${words}, at character ${error.token.index + 1}`;
}

/** Most paths in jobs are of this kind or the next: found without the library's nodes, ten times as fast. */
function singular(query: JSONPathQuery, text: string): JsonPath | undefined {
  if (!query.singularQuery()) return undefined;
  const steps = query.segments.map((segment): JsonStep => {
    const [selector] = segment.selectors;
    if (selector instanceof jsonpath.selectors.NameSelector) return selector.name;
    if (selector instanceof jsonpath.selectors.IndexSelector) return selector.index;
    throw new TypeError(`Cannot follow ${text}: a singular path has only names and indexes`);
  });
  return { text, isSingular: true, holder: undefined, locate: (value) => follow(value, steps) };
}

function elements(query: JSONPathQuery, text: string): JsonPath | undefined {
  const last = query.segments.at(-1);
  const [selector, another] = last?.selectors ?? [];
  if (!(selector instanceof jsonpath.selectors.WildcardSelector) || another !== undefined) return undefined;
  const before = new JSONPathQuery(environment, query.segments.slice(0, -1));
  const holder = singular(before, String(before));
  if (holder === undefined || String(query) !== `${holder.text}[*]`) return undefined; // `..*` is another matter
  return {
    text,
    isSingular: false,
    holder,
    locate(value, most) {
      const [steps] = holder.locate(value, 1);
      const held = steps === undefined ? undefined : valueAt(value, steps);
      if (steps === undefined || typeof held !== "object" || held === null) return [];
      const keys: Iterable<JsonStep> = Array.isArray(held) ? held.keys() : Object.keys(held);
      const found: JsonStep[][] = [];
      for (const key of keys) {
        if (found.length >= most) throw tooMany(text, most);
        found.push([...steps, key]);
      }
      return found;
    },
  };
}

function tooMany(text: string, most: number): PermanentError {
  return new PermanentError(`the path ${text} gives more than ${most} values`);
}

function follow(value: unknown, steps: readonly JsonStep[]): readonly (readonly JsonStep[])[] {
  let at = value;
  let counted: JsonStep[] | undefined; // only where an index counts from the end
  for (const [i, step] of steps.entries()) {
    const index = typeof step === "number" && step < 0 && Array.isArray(at) ? at.length + step : step;
    if (index !== step) (counted ??= [...steps])[i] = index;
    at = valueAt(at, [index]);
    if (at === undefined) return [];
  }
  return [counted ?? steps];
}

function search(query: JSONPathQuery, text: string, value: unknown, most: number): readonly JsonStep[][] {
  const found: JsonStep[][] = [];
  try {
    for (const node of query.lazyQuery(value as JSONPathNode["value"])) {
      if (found.length >= most) throw tooMany(text, most);
      found.push(node.location);
    }
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    throw new PermanentError(`the path ${text} cannot be followed: the value is nested too deeply`);
  }
  return found;
}
