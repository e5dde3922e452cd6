/**
 * What went wrong, by whose fault it is. `on_error` governs record errors only: see docs/decisions/0004.
 *
 * - `record`: the message's own fault; `on_error` decides.
 * - `permanent`: a record error that no retry can mend; retries are skipped.
 * - `unavailable`: the world's fault (a broker, a database, a lock); the message is tried again, never skipped.
 * - `configuration`: the job's fault (a wrong parameter, a missing table); the job stops at once.
 */
export type ErrorKind = "record" | "permanent" | "unavailable" | "configuration";

/** The message cannot be processed, by its own fault. `on_error` decides what happens to it. */
export class RecordError extends Error {
  /** Its class, also where the class itself is not at hand. */
  override readonly name: string = "RecordError";
}

/** A record error that no retry can mend: malformed input, a violated constraint, a record too large to send. */
export class PermanentError extends RecordError {
  /** Its class, also where the class itself is not at hand. */
  override readonly name: string = "PermanentError";
}

/** Something outside is not there now: the message stays uncommitted and is tried again. */
export class UnavailableError extends Error {
  /** Its class, also where the class itself is not at hand. */
  override readonly name: string = "UnavailableError";
}

/** The job is set up wrongly: it stops at once with exit code 78, the message uncommitted. */
export class ConfigurationError extends Error {
  /** Its class, also where the class itself is not at hand. */
  override readonly name: string = "ConfigurationError";
}

/** What `runMod` throws: the mod that failed, the parameter at fault if there is one, and the cause. */
export class ModError extends Error {
  /** Its class, also where the class itself is not at hand. */
  override readonly name: string = "ModError";
  /** Name of the mod that failed, as given to `runMod`. */
  readonly mod: string;
  /** Path of the parameter at fault, such as `tables[0].key_columns`; undefined where none is. */
  readonly parameter: string | undefined;
  /** Whose fault it is: see {@link ErrorKind}. */
  readonly kind: ErrorKind;

  /** The message is put behind the mod's name. */
  constructor(
    mod: string,
    message: string,
    options: { kind: ErrorKind; parameter?: string | undefined; cause?: unknown },
  ) {
    super(
      `${mod}: ${message}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.mod = mod;
    this.parameter = options.parameter;
    this.kind = options.kind;
  }
}

/**
 * The kind of each error class that this project defines, by its name. A test holds it complete. `inherited` means that
 * the error has no kind of its own: it carries one, or its causes do.
 */
export const ERROR_KINDS: Readonly<Record<string, ErrorKind | "inherited">> = {
  RecordError: "record",
  PermanentError: "permanent",
  UnavailableError: "unavailable",
  ConfigurationError: "configuration",
  ModError: "inherited",
  PartitionsLostError: "unavailable",
};

const STRENGTH: Readonly<Record<ErrorKind, number>> = {
  record: 0,
  permanent: 1,
  unavailable: 2,
  configuration: 3,
};

/** The stronger of two kinds: what must not be skipped wins over what may be. */
export function strongerKind(a: ErrorKind, b: ErrorKind): ErrorKind {
  return STRENGTH[b] > STRENGTH[a] ? b : a;
}

/**
 * The kind of any thrown value, found along its chain of causes (and the parts of an `AggregateError`). The strongest
 * kind in the chain wins, so that wrapping an outage in an error of one's own does not make it skippable. What nobody
 * recognises is a record error.
 */
export function kindOf(error: unknown): ErrorKind {
  let kind: ErrorKind = "record";
  const seen = new Set<unknown>();
  const open: unknown[] = [error];
  while (open.length > 0) {
    const next = open.pop();
    if (!(next instanceof Error) || seen.has(next)) continue;
    seen.add(next);
    kind = strongerKind(kind, ownKind(next));
    open.push(next.cause);
    if (next instanceof AggregateError) open.push(...next.errors);
  }
  return kind;
}

function ownKind(error: Error): ErrorKind {
  if (error instanceof ModError) return error.kind;
  if (error instanceof ConfigurationError) return "configuration";
  if (error instanceof UnavailableError) return "unavailable";
  if (error instanceof PermanentError) return "permanent";
  const listed = Object.hasOwn(ERROR_KINDS, error.name) ? ERROR_KINDS[error.name] : undefined;
  return listed === undefined || listed === "inherited" ? "record" : listed;
}

/**
 * The text of a thrown value and of its causes, each once, outermost first: `outer: because: inner`. Never throws,
 * whatever was thrown.
 */
export function errorText(error: unknown): string {
  const parts: string[] = [];
  const seen = new Set<unknown>();
  const open: unknown[] = [error];
  while (open.length > 0) {
    const next = open.shift();
    if (next === undefined || next === null || seen.has(next)) continue;
    seen.add(next);
    const text = ownText(next);
    if (text !== "" && !parts.some((part) => part.includes(text))) parts.push(text);
    if (next instanceof Error) open.unshift(next.cause);
    if (next instanceof AggregateError) open.push(...next.errors);
  }
  return parts.length > 0 ? parts.join(": ") : `${error === "" ? "an empty text" : error} was thrown`;
}

function ownText(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return thrown.message; // its parts say more
  if (thrown instanceof Error) return String(thrown.message || thrown.name);
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const message = (thrown as { message?: unknown }).message;
  return typeof message === "string" ? message : "an object that is not an Error"; // it may hold a payload
}
