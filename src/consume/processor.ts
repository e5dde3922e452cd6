import { ConfigurationError, type ErrorKind, kindOf, RecordError, strongerKind } from "../core/errors.ts";
import { inMessageScope, MessageScope } from "../core/message_scope.ts";
import type { StopControl } from "../core/stop_control.ts";
import type { Message } from "./message.ts";

/** What a processor answers: success, or an error that `on_error` governs. Throwing is an error too. */
export type ProcessorResult =
  | { readonly status: "success" }
  | { readonly status: "error"; readonly error: string };

/** What a processor is given besides the message. */
export interface ProcessorContext {
  /**
   * Fires when the work on this message should be given up: at the drain deadline, when the partition was lost, or at
   * `max_processing_s`. Hand it to `fetch` or a database.
   */
  readonly signal: AbortSignal;
  /** Of this consumer: `controller.shouldStop()` tells whether a stop was requested. */
  readonly controller: StopControl;
}

/** The function of the job that processes one message. */
export type MessageProcessor = (
  message: Message,
  context: ProcessorContext,
) => ProcessorResult | Promise<ProcessorResult>;

/** How one attempt at a message ended. */
export type Outcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly kind: ErrorKind; readonly error: unknown };

const EXPECTED = '{ status: "success" } or { status: "error", error: "reason" }';

/**
 * Calls the processor once. It succeeded when it said so, no mod that it started still runs (a forgotten `await`), and
 * every send that it left unflushed was acknowledged. Resolves only when all mods that it started have settled, so that
 * two attempts never overlap. Never rejects.
 */
export async function attempt(
  processor: MessageProcessor,
  message: Message,
  context: ProcessorContext,
  scope: MessageScope = new MessageScope(),
): Promise<Outcome> {
  try {
    const result = await inMessageScope(scope, () => processor(message, context));
    const failure = failureIn(result);
    if (failure !== undefined) throw failure;
    nothingRuns(scope);
    await scope.settled();
    nothingRuns(scope); // one may have begun while sends were waited for
    return { ok: true };
  } catch (error) {
    await scope.idle();
    // what was left unflushed must not reach into the next attempt; the scope remembers its failure as this one's
    await scope.settled().catch(() => {});
    const lasting = scope.lasting;
    if (lasting === undefined) return { ok: false, kind: kindOf(error), error };
    const kind = strongerKind(lasting.kind, kindOf(error));
    return { ok: false, kind, error: kindOf(error) === kind ? error : lasting.cause };
  } finally {
    scope.end(); // nobody listens to it any more
  }
}

function failureIn(result: unknown): Error | undefined {
  if (typeof result === "object" && result !== null) {
    const { status, error } = result as { status?: unknown; error?: unknown };
    if (status === "success") return undefined;
    if (status === "error") return new RecordError(error === undefined ? "no reason given" : String(error));
    return new ConfigurationError(
      `message_processor returned an object with status ${JSON.stringify(status)}: expected ${EXPECTED}`,
    );
  }
  return new ConfigurationError(
    `message_processor returned ${result === null ? "null" : typeof result}: expected ${EXPECTED}`,
  );
}

function nothingRuns(scope: MessageScope): void {
  const [running] = scope.running;
  if (running === undefined) return;
  throw new ConfigurationError(
    `message_processor returned while runMod("${running}") was still running: an await before runMod is missing`,
  );
}
