import { UnavailableError } from "../../core/errors.ts";
import { guarded } from "../shared/guardian.ts";
import { ownTempFolder, type Tools } from "../shared/tools.ts";

/** How to start a job. */
export interface JobStart {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Its log is appended here. */
  readonly logFile: string;
}

/** A job that runs as its own process, and is gone when this one is, even by SIGKILL. */
export interface JobProcess extends AsyncDisposable {
  readonly pid: number;
  /** Resolves with its exit code; 137 after SIGKILL, 143 after a SIGTERM that it does not handle. */
  readonly ended: Promise<number>;
  signal(name: "TERM" | "KILL"): Promise<void>;
}

/** Starts a job under a guardian that ends it together with this process. Disposing kills it where it still runs. */
export async function startJob(
  tools: Tools,
  { command, environment, logFile }: JobStart,
): Promise<JobProcess> {
  const folder = await ownTempFolder(tools, "kafka"); // the guardian removes it
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const guardian = tools.subprocesses.start(guarded(folder, logFile, ["env", ...variables, ...command]));
  const pid = Number(await guardian.readLine());
  if (!Number.isInteger(pid) || pid === 0) {
    throw new UnavailableError(`Cannot start ${command.join(" ")}: ${guardian.errorTail()}`);
  }
  const ended = guardian.readLine().then((line) => Number(line?.split(" ")[1] ?? -1));
  return {
    pid,
    ended,
    signal: (name) => tools.subprocesses.signal(pid, name),
    async [Symbol.asyncDispose]() {
      await guardian.closeInput();
      await ended;
      await guardian.ended();
    },
  };
}
