import { errorText } from "../core/errors.ts";
import type { LogFields } from "../core/logger.ts";
import { namesSecret, redactSecrets } from "../core/secret.ts";
import { escapeControls, escapeInJson } from "./escape.ts";
import type { Level } from "./levels.ts";

/** One thing to tell. */
export interface LogEvent {
  /** Unix time in milliseconds. */
  readonly time: number;
  readonly level: Level;
  /** The mod that tells it, or the job. */
  readonly mod: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** Containers' log drivers cut lines at 16 kB; a longer message is never meant for people. */
const MAX_LENGTH = 8000;

const COLOURS: Readonly<Record<Level, string>> = {
  DEBUG: "2",
  INFO: "32",
  WARNING: "33",
  ERROR: "31",
  CRITICAL: "1;31",
};

/**
 * The seed's line: time (UTC, to the second), level, mod and message, with tabs between. The fields of an event follow
 * as `key=value` at DEBUG only: above it the message says what matters.
 */
export function textLine(event: LogEvent, colours: boolean): string {
  const time = new Date(event.time).toISOString().slice(0, 19).replace("T", " ");
  const details = event.level === "DEBUG" ? fieldsText(event.fields) : "";
  const level = colours ? `\x1b[${COLOURS[event.level]}m${event.level}\x1b[0m` : event.level;
  const text = escapeControls(safe(event.message) + details);
  return `${colours ? `\x1b[2m${time}\x1b[0m` : time}\t${level}\t${escapeControls(event.mod)}\t${text}\n`;
}

/** The same as one JSON object a line, with the name of the job and all fields. */
export function jsonLine(event: LogEvent, job: string): string {
  const { time, level, mod, message, fields } = event;
  const line = { time: new Date(time).toISOString(), level, mod, job, message: safe(message) };
  const json = Object.keys(fields).length === 0 ? JSON.stringify(line) : withFields(line, fields);
  return escapeInJson(json) + "\n";
}

function withFields(line: Readonly<Record<string, unknown>>, fields: LogFields): string {
  try {
    return JSON.stringify({ ...line, fields }, printable);
  } catch (error) {
    return JSON.stringify({ ...line, fields: `cannot be printed: ${safe(errorText(error))}` });
  }
}

function fieldsText(fields: LogFields): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.map(([key, value]) => ` ${key}=${fieldText(key, value)}`).join("");
}

function fieldText(key: string, value: unknown): string {
  try {
    const text = JSON.stringify({ [key]: value }, printable);
    const only = text.slice(JSON.stringify(key).length + 2, -1);
    return /^"[^\s"\\=]+"$/.test(only) ? only.slice(1, -1) : only;
  } catch {
    return "?";
  }
}

/** A replacer for what JSON cannot say, or must not. */
function printable(key: string, value: unknown): unknown {
  if (typeof value === "string") return namesSecret(key) ? "***" : safe(value);
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Error) return safe(errorText(value));
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  return value;
}

/** Without known secrets, and no longer than a line should be. */
function safe(text: string): string {
  const redacted = redactSecrets(text);
  if (redacted.length <= MAX_LENGTH) return redacted;
  return `${redacted.slice(0, MAX_LENGTH)}… (${redacted.length - MAX_LENGTH} more characters)`;
}
