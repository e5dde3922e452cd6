import { STOP_TIMEOUT_MS } from "./guarded_process.ts";
import type { Tools } from "./tools.ts";

/** A process that outlives the one that started it. */
export interface DetachedProcess {
  readonly pid: number;
  /** Only its command line holds this: a process id is given to another program one day. */
  readonly mark: string;
}

/** Whether a process still runs. */
export const isAlive = async (tools: Tools, { pid, mark }: DetachedProcess) =>
  (await tools.subprocesses.commandLine(pid)).includes(mark);

const PAUSE_MS = 50;

/** Resolves when the process has ended, or at once when the signal fires. */
async function untilGone(tools: Tools, process: DetachedProcess, signal: AbortSignal): Promise<void> {
  // just after its start its command line may still be the shell's, which holds the mark too
  while (!signal.aborted && await isAlive(tools, process)) await tools.clock.sleep(PAUSE_MS, signal);
}

/** Waits for something of a process, with a promise that resolves with the reason when that has ended. */
export async function whileItLives<T>(
  tools: Tools,
  process: DetachedProcess,
  wait: (died: Promise<string>) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  try {
    return await wait(untilGone(tools, process, stop.signal).then(() => "it ended"));
  } finally {
    stop.abort();
  }
}

/** Ends a process by a signal, or by force where that takes too long. Resolves to whether it ended in order. */
export async function endDetached(
  tools: Tools,
  process: DetachedProcess,
  signal: "TERM" | "INT",
  force: "KILL" | "QUIT",
): Promise<boolean> {
  if (!await isAlive(tools, process)) return false;
  await tools.subprocesses.signal(process.pid, signal);
  await tools.subprocesses.signal(process.pid, "CONT"); // what is paused hears no signal
  const late = new AbortController();
  using _timer = tools.clock.timer(STOP_TIMEOUT_MS, () => late.abort());
  await untilGone(tools, process, late.signal);
  if (late.signal.aborted) await tools.subprocesses.signal(process.pid, force);
  return !late.signal.aborted;
}
