import { ConfigurationError, PermanentError, UnavailableError } from "../../core/errors.ts";
import { type ServerFailure, serverFailure } from "./failure.ts";
import type { Session } from "./session.ts";
import { DATA_ERRORS } from "./sqlstate.ts";
import { tableText } from "./table_schema.ts";

/**
 * Why a write failed, in the project's kinds. PostgreSQL puts values of the rows into its messages and details: so neither
 * the message nor a cause of what is returned holds what it said of data. Errors of our own are handed back as they are.
 */
export function writeError(error: unknown, session: Session, culprit: string | undefined): Error {
  const where = session.table === undefined
    ? session.database
    : `table ${tableText(session.table)} in ${session.database}`;
  const failure = serverFailure(error);
  if (failure !== undefined) {
    return failureError(failure, `Cannot write to ${where}`, culprit ?? keyProblem(failure, session));
  }
  return isOurs(error) ? error : lostError(error, `Cannot write to ${where}`);
}

/** Whether an error is one of the project's, which says all that is to be said. */
export const isOurs = (error: unknown): error is Error =>
  error instanceof ConfigurationError || error instanceof UnavailableError || error instanceof PermanentError;

/** What the server refused, after words such as `Cannot write to X`; `reason` takes the place of what it said. */
export function failureError(failure: ServerFailure, doing: string, reason?: string): Error {
  const text = (why: string) => `${doing}: ${reason ?? why} (SQLSTATE ${failure.code})`;
  switch (failure.kind) {
    case "configuration":
      return new ConfigurationError(text(failure.message));
    case "unavailable":
      return new UnavailableError(text(unavailableReason(failure)));
    default:
      return new PermanentError(text(constraintReason(failure) ?? dataReason(failure)));
  }
}

/** The connection broke while a statement was under way: the socket's own words hold no data. */
export function lostError(error: unknown, doing: string): UnavailableError {
  const said = error instanceof Error ? error.message : String(error);
  return new UnavailableError(
    `${doing}: the connection was lost (${said}); it is made anew for the next call`,
  );
}

function unavailableReason({ code, message }: ServerFailure): string {
  if (code === "57014" && message.includes("statement timeout")) {
    return "the server gave the statement up after statement_timeout_s";
  }
  return message;
}

function dataReason({ code }: ServerFailure): string {
  return DATA_ERRORS[code] ?? "a value does not fit its column";
}

/** A violated constraint by its name, with its table and column where the server says them; never with values. */
function constraintReason({ code, table, column, constraint }: ServerFailure): string | undefined {
  if (!code.startsWith("23") && code !== "40002") return undefined;
  const of = table === undefined ? "" : ` of table "${table}"`;
  const name = constraint === undefined ? "" : ` "${constraint}"`;
  switch (code) {
    case "23502":
      return `column "${column}"${of} must not be null`;
    case "23503":
      return `the foreign key${name}${of} is violated: a row refers to one that is not there, or is referred to itself`;
    case "23505":
      return `a row with the same key is there already, or comes twice: unique constraint${name}${of}`;
    case "23514":
      return `a row does not satisfy the constraint${name}${of}`;
    case "23P01":
      return `a row excludes one that is there: constraint${name}${of}`;
    default:
      return `the constraint${name}${of} is violated`;
  }
}

function keyProblem({ code }: ServerFailure, { keys }: Session): string | undefined {
  if (code !== "42P10") return undefined;
  const names = keys.map(({ name }) => `"${name}"`).join(", ");
  return `the table has no primary key or unique constraint on just (${names}), the key columns, which PostgreSQL needs to ` +
    `find the rows: add one by ALTER TABLE ... ADD UNIQUE (${names})`;
}
