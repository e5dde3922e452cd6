import type { ErrorKind } from "../../core/errors.ts";

/**
 * Whose fault each class of PostgreSQL's SQLSTATEs is (the first two characters; appendix "PostgreSQL Error Codes" of its
 * manual). A test holds the table complete against the server's own list.
 */
export const SQLSTATE_CLASSES: Readonly<Record<string, ErrorKind>> = {
  // not errors, or never the answer to a statement of ours
  "00": "configuration", // successful completion
  "01": "configuration", // warning
  "02": "configuration", // no data
  "03": "configuration", // SQL statement not yet complete
  // the database is not to be had, or not in this moment
  "08": "unavailable", // connection exception
  "25": "unavailable", // invalid transaction state: a server that has become a standby, a transaction that idled
  "26": "unavailable", // invalid SQL statement name: a pooler in between has lost it
  "40": "unavailable", // transaction rollback: serialization failure, deadlock
  "53": "unavailable", // insufficient resources: disk, memory, connections
  "55": "unavailable", // object not in prerequisite state: a lock that is not to be had
  "57": "unavailable", // operator intervention: shutdown, a cancelled statement
  "58": "unavailable", // system error: input and output
  "72": "unavailable", // snapshot failure
  "XX": "unavailable", // internal error
  "HV": "unavailable", // a foreign data wrapper, which stands for another database
  // the rows or values do not fit
  "09": "permanent", // triggered action exception
  "10": "permanent", // XQuery error
  "20": "permanent", // case not found
  "21": "permanent", // cardinality violation
  "22": "permanent", // data exception
  "23": "permanent", // integrity constraint violation
  "27": "permanent", // triggered data change violation
  "2F": "permanent", // SQL routine exception
  "38": "permanent", // external routine exception
  "39": "permanent", // external routine invocation exception
  "44": "permanent", // WITH CHECK OPTION violation
  "54": "permanent", // program limit exceeded: a row or an index entry that is too large
  "P0": "permanent", // PL/pgSQL: what a trigger raises
  // the job and its database do not fit each other
  "0A": "configuration", // feature not supported
  "0B": "configuration", // invalid transaction initiation
  "0F": "configuration", // locator exception
  "0L": "configuration", // invalid grantor
  "0P": "configuration", // invalid role specification
  "0Z": "configuration", // diagnostics exception
  "24": "configuration", // invalid cursor state
  "28": "configuration", // invalid authorization specification: login refused
  "2B": "configuration", // dependent privilege descriptors still exist
  "2D": "configuration", // invalid transaction termination
  "34": "configuration", // invalid cursor name
  "3B": "configuration", // savepoint exception
  "3D": "configuration", // no such database
  "3F": "configuration", // no such schema
  "42": "configuration", // syntax error or access rule violation: no such table or column, no permission
  "F0": "configuration", // configuration file error
};

/** Codes that are not as the rest of their class. */
export const SQLSTATE_EXCEPTIONS: Readonly<Record<string, ErrorKind>> = {
  "08P01": "configuration", // protocol violation: a statement that wants more values than it was given
  "25001": "configuration", // a statement that cannot run within a transaction
  "40002": "permanent", // a constraint that was checked at the commit
  "53400": "configuration", // configuration limit exceeded
  "54011": "configuration", // too many columns
  "54023": "configuration", // too many arguments
  "55000": "configuration", // object not in prerequisite state, such as a sequence or an index that is not valid
  "55P02": "configuration", // a setting that cannot be changed now
  "55P04": "configuration", // an enum value that was made in this transaction
  "57P04": "configuration", // the database was dropped
};

/** Whose fault a SQLSTATE is. One of an unknown class counts as unavailable: what nobody knows must not be skipped. */
export function kindOfSqlState(code: string): ErrorKind {
  if (Object.hasOwn(SQLSTATE_EXCEPTIONS, code)) return SQLSTATE_EXCEPTIONS[code] ?? "unavailable";
  const group = code.slice(0, 2);
  return Object.hasOwn(SQLSTATE_CLASSES, group) ? SQLSTATE_CLASSES[group] ?? "unavailable" : "unavailable";
}

/** What the commoner data errors mean; their own messages hold values. */
export const DATA_ERRORS: Readonly<Record<string, string>> = {
  "21000": "two rows are one to the database by the key columns, though their values differ",
  "22001": "a text is too long for its column",
  "22003": "a number is out of its column's range",
  "22007": "a text is no date or time",
  "22008": "a date or time is out of range",
  "22009": "a text has no valid time zone",
  "22012": "a division by zero",
  "22021": "a text is not valid in the database's encoding",
  "22023": "a value is not allowed there",
  "22026": "a bit string has the wrong length",
  "22030": "a JSON object has a key twice",
  "22032": "a text is no valid JSON",
  "22P02": "a text does not fit its column's type",
  "22P05": "a text holds a character that the database cannot store",
  "54000": "a row or an index entry is too large",
  "P0001": "a trigger or function of the database raised an error",
};
