import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import { duckDbFailure } from "./error_kinds.ts";

/** What DuckDB says of a file that will not become a database by waiting. */
const NOT_A_DATABASE: readonly (readonly [said: RegExp, meaning: string])[] = [
  [/not a valid DuckDB database/, "the file is there, but it is not a DuckDB database"],
  [/Corrupt database file|checksum/i, "the file is damaged: restore it from a backup"],
  [/version number|newer version|older version/i, "it was written by another version of DuckDB"],
  [/Is a directory/, "it is a folder"],
  [/Not a directory/, "a part of its path is a file, not a folder"],
  [/Permission denied/, "permission denied by the operating system"],
  [/Read-only file system/, "the file system is read-only"],
  [/No such file or directory/, "its folder is not there"],
];

/** Why a database could not be opened, in the project's words and kinds; its own file name is all that is quoted. */
export function openError(error: unknown, name: string): Error {
  const failure = duckDbFailure(error);
  if (failure === undefined) return error as Error;
  const { message } = failure;
  if (message.includes("Could not set lock")) return lockedError(message, name);
  const meaning = NOT_A_DATABASE.find(([said]) => said.test(message))?.[1];
  if (meaning !== undefined) return new ConfigurationError(`Cannot open ${name}: ${meaning}`);
  const text = `Cannot open ${name}: ${failure.type} Error: ${message.split("\n")[0]}`;
  return failure.kind === "configuration" ? new ConfigurationError(text) : new UnavailableError(text);
}

function lockedError(message: string, name: string): Error {
  const holder = /held in (.+?) \(PID (\d+)\)(?: by user (\S+?))?\.?(?:\s|$)/.exec(message);
  const [, program, pid, user] = holder ?? [];
  const who = holder === null
    ? "another process holds it"
    : `another process holds it: ${program} (PID ${pid}${user === undefined ? "" : `, user ${user}`})`;
  return new UnavailableError(`Cannot open ${name}: ${who}; only one process at a time can write to it`);
}
