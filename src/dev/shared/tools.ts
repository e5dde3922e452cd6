import { join, resolve } from "node:path";
import { type Clock, systemClock } from "../../runtime/clock.ts";
import { type Disk, systemDisk } from "../../runtime/disk.ts";
import { type Ports, systemPorts } from "../../runtime/ports.ts";
import { thisProcess } from "../../runtime/process.ts";
import { type Subprocesses, systemSubprocesses } from "../../runtime/subprocess.ts";
import { type Report, silentReport } from "./report.ts";

/** What starting a server needs from outside. */
export interface Tools {
  readonly subprocesses: Subprocesses;
  readonly ports: Ports;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly report: Report;
  /** A variable of the environment; undefined where it is not set. */
  env(name: string): string | undefined;
  readonly pid: number;
  /** Where everything is kept, absolute: `.datapy` of the current folder. */
  readonly folder: string;
}

/** The tools of this machine. */
export function systemTools(folder = ".datapy", report: Report = silentReport): Tools {
  return {
    subprocesses: systemSubprocesses,
    ports: systemPorts,
    disk: systemDisk,
    clock: systemClock,
    report,
    env: (name) => thisProcess.env(name) || undefined, // empty counts as not set
    pid: thisProcess.pid,
    folder: resolve(folder),
  };
}

/** The folder of servers that belong to a process. */
export const tempFolder = (tools: Tools) => join(tools.folder, "tmp");

/**
 * A folder for a server that belongs to this process, its name beginning with a word (`kafka`); removes those of processes
 * that are gone.
 */
export async function ownTempFolder(tools: Tools, word: string): Promise<string> {
  const within = tempFolder(tools);
  for (const name of await tools.disk.list(within)) {
    const owner = /^[a-z]+-(\d+)-/.exec(name)?.[1];
    if (owner === undefined || Number(owner) === tools.pid) continue;
    if (await tools.subprocesses.commandLine(Number(owner)) === "") {
      await tools.disk.remove(join(within, name));
    }
  }
  return await tools.disk.makeTempFolder(within, `${word}-${tools.pid}-`);
}
