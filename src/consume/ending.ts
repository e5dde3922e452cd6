import type { ErrorKind } from "../core/errors.ts";

/** How the work on a message ended. */
export type Ending =
  /** It may be committed. */
  | { readonly kind: "done" }
  /** It failed by its own fault and is skipped: it may be committed. */
  | { readonly kind: "skipped" }
  /** It failed by its own fault and its dead letter is acknowledged: it may be committed. */
  | { readonly kind: "dead_lettered" }
  /** A stop or a lost partition came in between: it must come again. */
  | { readonly kind: "unfinished" }
  /** The job must end, with the message uncommitted. */
  | { readonly kind: "failed"; readonly error: unknown; readonly errorKind: ErrorKind };

/** Whether a message that ended so may be committed. */
export function isFinal({ kind }: Ending): boolean {
  return kind === "done" || kind === "skipped" || kind === "dead_lettered";
}
