/** When a commit is due. `per_message` is `{ everyCount: 1, everyMs: 0 }`. */
export interface CommitRule {
  /** Messages that may be finished and not committed. */
  readonly everyCount: number;
  /** Milliseconds after the last commit. */
  readonly everyMs: number;
}

/** What the rule looks at. */
export interface CommitState {
  /** Messages that are finished and not committed. */
  readonly pending: number;
  /** When the last commit began, by the same clock as `now`. */
  readonly lastAt: number;
}

/** The seed's rule: each message is committed before the next begins. */
export const PER_MESSAGE: CommitRule = { everyCount: 1, everyMs: 0 };

/** Whether a commit is due: something is pending, and there is enough of it or it has waited long enough. */
export function commitDue(rule: CommitRule, state: CommitState, now: number): boolean {
  return state.pending > 0 && (state.pending >= rule.everyCount || now - state.lastAt >= rule.everyMs);
}
