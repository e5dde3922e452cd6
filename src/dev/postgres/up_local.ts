import { join } from "node:path";
import { endDetached, whileItLives } from "../shared/detached_process.ts";
import type { Tools } from "../shared/tools.ts";
import { type Account, handOver } from "./account.ts";
import { localLogTail, setUpLocal } from "./local_setup.ts";
import type { Programs } from "./programs.ts";
import { untilReady } from "./ready.ts";
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
  try {
    await whileItLives(tools, state, (died) =>
      untilReady(tools.ports, tools.clock, {
        host: "127.0.0.1",
        port,
        died,
        logTail: () => localLogTail(tools, setup.outputFile),
      }));
    return state;
  } catch (error) {
    await tools.subprocesses.signal(pid, "QUIT");
    await removeState(tools);
    throw error;
  }
}

/** Ends a server that was started so, if it still runs; its data stay. */
export async function stopDetachedLocal(tools: Tools, state: LocalState): Promise<void> {
  await endDetached(tools, state, "INT", "QUIT");
}
