import { kindOfSqlState } from "./sqlstate.ts";
import type { ErrorKind } from "../../core/errors.ts";

/** An error that the server sent, taken apart. `detail`, `where` and `hint` are left out: they hold values of the rows. */
export interface ServerFailure {
  /** SQLSTATE. */
  readonly code: string;
  readonly kind: ErrorKind;
  /** Holds no value where the kind is configuration or unavailable. */
  readonly message: string;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly constraint: string | undefined;
  /** The session is over, or of no use any more. */
  readonly fatal: boolean;
}

/**
 * Codes after which a session is of no use: it was ended, or (25006) its server takes no writes: it may have become a
 * standby, and the name lead to another server by now, which only a new connection finds.
 */
const OVER = /^(57P0[1-5]|25P0[34]|25006)$/;

/** An error of the server's as node-postgres throws it; undefined for any other. */
export function serverFailure(error: unknown): ServerFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, severity, message, schema, table, column, constraint } = error as
    & Error
    & Partial<
      Record<"code" | "severity" | "schema" | "table" | "column" | "constraint", string>
    >;
  if (typeof code !== "string" || typeof severity !== "string" || !/^[0-9A-Z]{5}$/.test(code)) {
    return undefined;
  }
  const fatal = severity === "FATAL" || severity === "PANIC" || OVER.test(code);
  return { code, kind: kindOfSqlState(code), message, schema, table, column, constraint, fatal };
}
