import { join } from "node:path";
import type { Tools } from "../shared/tools.ts";
import { type Account, handOver } from "./account.ts";
import { localLogTail, setUpLocal } from "./local_setup.ts";
import type { Programs } from "./programs.ts";
import { STOP_TIMEOUT_MS, untilReady } from "./ready.ts";
import { type ServerOptions, urlOf } from "./server.ts";
import { type PostgresState, removeState, writeState } from "./state.ts";

type LocalState = Extract<PostgresState, { pid: number }>;

/** Where the PostgreSQL of `up` keeps its data and log. */
export const upFolder = (account: Account) => join(account.folder, "postgres");

/**
 * Starts a server that outlives this process, on the data of the last one if that was not ended by `down`. It is remembered
 * before it is ready: a command that is interrupted leaves no server that nobody knows of.
 */
export async function startDetachedLocal(
  tools: Tools,
  account: Account,
  programs: Programs,
  options: ServerOptions,
  port: number,
): Promise<PostgresState> {
  const folder = upFolder(account);
  if (!await tools.disk.exists(folder)) {
    await tools.disk.makeFolder(folder);
    await handOver(tools, account, folder);
  }
  const setup = await setUpLocal(tools, account, programs, { folder, port, careless: false }, options);
  const pid = tools.subprocesses.startDetached(setup.command, setup.outputFile);
  const state: LocalState = {
    engine: programs.engine,
    url: urlOf("localhost", port),
    host: "localhost",
    port,
    startedAt: new Date(tools.clock.wallTime()).toISOString(),
    version: programs.version,
    pid,
    mark: setup.mark,
  };
  await writeState(tools, state);
  const stopWatching = new AbortController();
  try {
    await untilReady(tools.ports, tools.clock, {
      host: "127.0.0.1",
      port,
      died: untilGone(tools, pid, setup.mark, stopWatching.signal).then(() => "it ended"),
      logTail: () => localLogTail(tools, setup.outputFile),
    });
    return state;
  } catch (error) {
    await tools.subprocesses.signal(pid, "QUIT");
    await removeState(tools);
    throw error;
  } finally {
    stopWatching.abort();
  }
}

/** Ends a server that was started so, if it still runs; its data stay. */
export async function stopDetachedLocal(tools: Tools, { pid, mark }: LocalState): Promise<void> {
  if (!await isAlive(tools, pid, mark)) return;
  await tools.subprocesses.signal(pid, "INT");
  await tools.subprocesses.signal(pid, "CONT"); // what is paused hears no signal
  const late = new AbortController();
  using _timer = tools.clock.timer(STOP_TIMEOUT_MS, () => late.abort());
  await untilGone(tools, pid, mark, late.signal);
  if (late.signal.aborted) await tools.subprocesses.signal(pid, "QUIT");
}

const isAlive = async (tools: Tools, pid: number, mark: string) =>
  (await tools.subprocesses.commandLine(pid)).includes(mark);

/** Resolves when the process has ended, or at once when the signal fires. */
async function untilGone(tools: Tools, pid: number, mark: string, signal: AbortSignal): Promise<void> {
  // just after its start its command line may still be the shell's, which holds the mark too
  while (!signal.aborted && await isAlive(tools, pid, mark)) await tools.clock.sleep(50, signal);
}
