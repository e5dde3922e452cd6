import { unlessAborted } from "../core/unless_aborted.ts";
import { jobStopSignals, type StopSignals } from "./stop_signals.ts";
import { StreamController } from "./stream_controller.ts";

/**
 * The result of work that nobody needs once the process is asked to stop, such as connecting: rejects with a
 * {@link StopRequest} then, at once. `exitWith` takes that for an orderly end. The work itself goes on unheard until it
 * ends, or the process does.
 */
export async function unlessStopped<T>(
  work: () => Promise<T>,
  signals: StopSignals = jobStopSignals.get(),
): Promise<T> {
  using controller = new StreamController(signals);
  const { signal } = controller;
  signal.throwIfAborted(); // before the work begins
  return await unlessAborted(signal, work());
}
