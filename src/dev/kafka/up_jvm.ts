import { join } from "node:path";
import type { BrokerOptions } from "./broker.ts";
import type { Java } from "./jvm_java.ts";
import { jvmLogTail, jvmPlace, keepRecording, setUpJvm } from "./jvm_setup.ts";
import { STOP_TIMEOUT_MS, untilReady } from "./ready.ts";
import { addScramUsers } from "./scram_users.ts";
import { type KafkaState, removeState, writeState } from "./state.ts";
import type { Tools } from "../shared/tools.ts";

/** Where the Kafka of `up` keeps its settings, data and log. */
export const upFolder = (tools: Tools) => join(tools.folder, "kafka");

/**
 * Starts a broker that outlives this process, on the data of the last one if that was not ended by `down`. It is remembered
 * before it is ready: a command that is interrupted leaves no broker that nobody knows of.
 */
export async function startDetachedJvm(
  tools: Tools,
  java: Java,
  options: BrokerOptions,
  port: number,
): Promise<KafkaState> {
  const folder = upFolder(tools);
  await tools.disk.makeFolder(folder);
  const place = jvmPlace(tools, folder, options, port);
  const setup = await setUpJvm(tools, java, folder, place, options);
  const pid = tools.subprocesses.startDetached(setup.command, setup.outputFile);
  const state: KafkaState = {
    engine: "jvm",
    bootstrap: `${place.host}:${place.port}`,
    startedAt: new Date(tools.clock.wallTime()).toISOString(),
    pid,
    mark: setup.mark,
    ...(setup.recording === undefined ? {} : { recording: setup.recording }),
  };
  await writeState(tools, state);
  const stopWatching = new AbortController();
  try {
    await untilReady(tools.ports, tools.clock, {
      host: place.bind,
      port: place.port,
      died: untilGone(tools, pid, setup.mark, stopWatching.signal).then(() => "it ended"),
      logTail: () => jvmLogTail(tools, folder),
    });
    await addScramUsers(tools, place.port, options.users ?? []);
    return state;
  } catch (error) {
    await tools.subprocesses.signal(pid, "KILL");
    await removeState(tools);
    throw error;
  } finally {
    stopWatching.abort();
  }
}

/** Ends a broker that was started so, if it still runs; its data stay. */
export async function stopDetachedJvm(
  tools: Tools,
  state: Extract<KafkaState, { engine: "jvm" }>,
): Promise<void> {
  const { pid, mark } = state;
  if (!await isAlive(tools, pid, mark)) return;
  await tools.subprocesses.signal(pid, "TERM");
  await tools.subprocesses.signal(pid, "CONT"); // what is paused hears no SIGTERM
  const late = new AbortController();
  using _timer = tools.clock.timer(STOP_TIMEOUT_MS, () => late.abort());
  await untilGone(tools, pid, mark, late.signal);
  if (late.signal.aborted) {
    await tools.subprocesses.signal(pid, "KILL");
  } else {
    await keepRecording(tools, { recording: state.recording });
  }
}

const isAlive = async (tools: Tools, pid: number, mark: string) =>
  (await tools.subprocesses.commandLine(pid)).includes(mark);

/** Resolves when the process has ended, or at once when the signal fires. */
async function untilGone(tools: Tools, pid: number, mark: string, signal: AbortSignal): Promise<void> {
  // just after its start its command line may still be the shell's, which holds the mark too
  while (!signal.aborted && await isAlive(tools, pid, mark)) await tools.clock.sleep(100, signal);
}
