import { ConfigurationError, PermanentError, UnavailableError } from "../../core/errors.ts";
import { duckDbFailure } from "./error_kinds.ts";
import { constraintReason, firstPart, withoutQuoted } from "./write_error.ts";

/**
 * Why a query failed, in the project's kinds. While a statement is prepared no value is known, so all that DuckDB
 * refuses then is the statement's fault, and its words may be shown; later ones may hold values of rows. Errors that
 * are not DuckDB's are handed back as they are, those of values with the database's name.
 */
export function queryError(error: unknown, database: string, step: "prepare" | "run"): Error {
  const text = (reason: string) => `Cannot query ${database}: ${reason}`;
  const failure = duckDbFailure(error);
  if (failure === undefined) {
    if (error instanceof PermanentError) return new PermanentError(text(error.message));
    return error instanceof ConfigurationError ? new ConfigurationError(text(error.message)) : error as Error;
  }
  const { type, kind, message } = failure;
  if (kind === "unavailable") {
    return new UnavailableError(text(`${type} Error: ${withoutQuoted(firstPart(message))}`));
  }
  if (step === "prepare" || kind === "configuration") {
    return new ConfigurationError(text(`${type} Error: ${firstPart(message)}`));
  }
  if (type !== "Constraint") return new PermanentError(text(`a value does not fit (${type} Error)`));
  return new PermanentError(
    text(constraintReason(message, { schema: undefined, ensuredKey: undefined }).reason),
  );
}
