import { join } from "node:path";
import { UnavailableError } from "../../core/errors.ts";
import { withSeconds } from "./progress.ts";
import type { Report } from "./report.ts";
import type { Tools } from "./tools.ts";

/** Where a server for development is kept, and who hears of it. */
export interface Place {
  /** Default: `.datapy` of the current folder. */
  readonly folder?: string;
  /** Default: nobody. */
  readonly report?: Report;
}

/** What `down` has done. */
export type DownResult = "stopped" | "was_not_running" | "left_alone";

/** A server in words. */
export interface Served {
  /** `Kafka` */
  readonly name: string;
  /** The command that starts and ends it, and its files: `kafka` */
  readonly command: string;
}

/** Another command may be downloading it. */
const LOCK_TIMEOUT_MS = 15 * 60_000;

/** Keeps other commands from the server that stays. */
export const whileLocked = (tools: Tools, { name, command }: Served): Promise<Disposable> =>
  withSeconds(
    tools,
    `Waiting for another command on the same ${name}`,
    tools.disk.lock(join(tools.folder, `${command}.lock`), LOCK_TIMEOUT_MS),
  );

/** A server may be silent because the command that started it was interrupted; gives it the time that it needs. */
export async function untilSilentAnswers(
  { name, command }: Served,
  address: string,
  ready: Promise<void>,
): Promise<void> {
  try {
    await ready;
  } catch (cause) {
    throw new UnavailableError(
      `${name} runs but does not answer at ${address}: end it by "${command} down", then start it again`,
      { cause },
    );
  }
}

/** The port that everybody expects and those behind it, as far as they are free. */
export function firstFreePorts(tools: Tools, preferred: number, count: number): number[] {
  const ports: number[] = [];
  for (let port = preferred; port < preferred + 100 && ports.length < count; port++) {
    if (tools.ports.isFree(port)) ports.push(port);
  }
  return [...ports, ...tools.ports.free(count - ports.length)];
}
