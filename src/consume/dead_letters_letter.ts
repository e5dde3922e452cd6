import { type ErrorKind, errorText, ModError } from "../core/errors.ts";
import { redactSecrets } from "../core/secret.ts";
import { chainOf, stackLines } from "../core/stack.ts";
import type { OutgoingRecord, RawRecord } from "../kafka/driver.ts";
import { CONNECT, OURS, STAGES } from "./dead_letters_headers.ts";

/** A message that failed by its own fault, for good. */
export interface DeadMessage {
  readonly topic: string;
  readonly partition: number;
  readonly record: RawRecord;
  readonly error: unknown;
  readonly kind: ErrorKind;
  /** How often the processor was tried. */
  readonly attempts: number;
  readonly stage: keyof typeof STAGES;
}

/** Whose letter it is. */
export interface Sender {
  readonly job: string;
  readonly group: string;
}

/** What of the error a letter tells: less where a topic does not take it otherwise. */
export const FORMS = ["whole", "no stacktrace", "no error"] as const;
export type LetterForm = typeof FORMS[number];

/** Characters that a letter keeps of an error's text and of its stacks. */
const MOST_TEXT = 2_000;
const MOST_STACK = 8_000;
const MOST_TEXT_ALONE = 200;
const MOST_NAME = 200;

const encoder = new TextEncoder();

/**
 * The record that is written for a dead message: its key, value and headers byte by byte as they were, and headers behind
 * them that say where it lay and why it failed. In the texts of errors known secrets are masked; otherwise they are as
 * they were thrown. A payload in one tells nothing new to those who may read the letter, which is the payload.
 *
 * @param now Unix time in milliseconds.
 */
export function letterOf(dead: DeadMessage, sender: Sender, now: number, form: LetterForm): OutgoingRecord {
  const { topic, partition, record } = dead;
  const added: [string, string][] = [
    [CONNECT.topic, topic],
    [CONNECT.partition, String(partition)],
    [CONNECT.offset, String(record.offset)],
    [OURS.headers, String(record.headers.length)],
    [OURS.timestamp, String(record.timestamp)],
    [OURS.attempts, String(dead.attempts)],
  ];
  if (form === "no error") added.push([OURS.without, "error"]);
  else {
    added.push(
      [CONNECT.connector, cut(sender.job, MOST_NAME)],
      [CONNECT.stage, STAGES[dead.stage]],
      ...errorHeaders(dead.error, form === "whole"),
      [OURS.job, cut(sender.job, MOST_NAME)],
      [OURS.group, sender.group],
      [OURS.time, new Date(now).toISOString()],
      [OURS.kind, dead.kind],
    );
    if (form !== "whole") added.push([OURS.without, "stacktrace"]);
  }
  const headers = added.map(([name, text]) => [name, encoder.encode(text)] as const);
  return { key: record.key, value: record.value, headers: [...record.headers, ...headers] };
}

function errorHeaders(error: unknown, whole: boolean): [string, string][] {
  const chain = chainOf(error);
  const mod = chain.find((link) => link instanceof ModError)?.mod;
  const text = redactSecrets(errorText(error));
  return [
    [CONNECT.executing, mod ?? "message_processor"],
    [CONNECT.exception, cut(classOf(error, chain), MOST_NAME)],
    [CONNECT.message, cut(text, whole ? MOST_TEXT : MOST_TEXT_ALONE)],
    ...(whole
      ? [[CONNECT.stacktrace, cut(stackLines(error).join("\n"), MOST_STACK)] as [string, string]]
      : []),
  ];
}

/** The class of the error; where a mod wraps it, of what it wraps. */
function classOf(error: unknown, chain: readonly Error[]): string {
  const link = chain.find((one) => !(one instanceof ModError)) ?? chain[0];
  if (link === undefined) return error === null ? "null" : typeof error;
  return link.name !== "Error" && link.name ? String(link.name) : link.constructor?.name ?? "Error";
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
