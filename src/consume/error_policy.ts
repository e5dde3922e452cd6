import type { ErrorKind } from "../core/errors.ts";
import { outageBackoffMs, retryBackoffMs } from "./backoff.ts";

/** What the job chose for messages that fail by their own fault. */
export interface ErrorSettings {
  readonly onError: "continue" | "retry" | "stop";
  /** Attempts after the first one, with `retry`. */
  readonly maxRetries: number;
  /** Waits before them, in milliseconds; the last one repeats. */
  readonly retryBackoffMs: readonly number[];
  /** How long the world may be out of order before the job ends, in milliseconds. */
  readonly recoveryTimeoutMs: number;
  /** Whether there is a topic for messages that would be skipped; false by default. */
  readonly deadLetters?: boolean;
}

/** What has happened to one message so far. */
export interface Failures {
  /** Attempts that failed by the message's fault, this one included. */
  readonly ofRecord: number;
  /** Attempts in a row that met an outage, this one included. */
  readonly ofWorld: number;
  /** Milliseconds since the outage was met first; 0 where there is none. */
  readonly outageMs: number;
}

/** What to do with a message that failed. */
export type Verdict =
  /** Try again after a wait; counted against `max_retries`. */
  | { readonly kind: "retry"; readonly afterMs: number }
  /** Try again after a wait, because the world failed: not counted. */
  | { readonly kind: "wait"; readonly afterMs: number }
  /** Log it, commit it, go on. */
  | { readonly kind: "skip" }
  /** Write it to the dead letters, then commit it, go on. */
  | { readonly kind: "dead_letter" }
  /** End the job with the message uncommitted: `on_error: stop`. */
  | { readonly kind: "stop" }
  /** End the job with the message uncommitted: the world or the configuration does not let it go on. */
  | { readonly kind: "fail" };

/** Decides by data alone: see docs/decisions/0004 for why an outage is never skipped. */
export function decide(kind: ErrorKind, failures: Failures, settings: ErrorSettings): Verdict {
  switch (kind) {
    case "configuration":
      return { kind: "fail" };
    case "unavailable": {
      if (failures.outageMs >= settings.recoveryTimeoutMs) return { kind: "fail" };
      const left = settings.recoveryTimeoutMs - failures.outageMs;
      return { kind: "wait", afterMs: Math.min(left, outageBackoffMs(failures.ofWorld)) };
    }
    case "record":
    case "permanent": {
      if (settings.onError === "stop") return { kind: "stop" };
      const last = { kind: settings.deadLetters ? "dead_letter" : "skip" } as const;
      if (settings.onError === "continue" || kind === "permanent") return last;
      return failures.ofRecord > settings.maxRetries
        ? last
        : { kind: "retry", afterMs: retryBackoffMs(settings.retryBackoffMs, failures.ofRecord) };
    }
  }
}
