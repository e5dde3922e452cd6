/** The part of a `StreamController` that a consumer and a processor need. */
export interface StopControl {
  /** Whether a stop was requested, by a signal or by {@link StopControl.requestStop}. */
  shouldStop(): boolean;
  /** Whether a consumer has begun to drain. */
  isShutdownInitiated(): boolean;
  /** Asks every consumer of this controller to stop. */
  requestStop(reason?: string): void;
  /** Called by a consumer when it begins to drain. */
  markShutdownInitiated(): void;
  /** Fires when a stop is requested. */
  readonly signal: AbortSignal;
}
