import config from "../../../deno.json" with { type: "json" };
import { systemDisk } from "../../runtime/disk.ts";
import { fileSize } from "../../runtime/file_size.ts";
import { thisProcess } from "../../runtime/process.ts";
import { systemSubprocesses } from "../../runtime/subprocess.ts";
import type { KnownJob } from "../context.ts";
import { jobsIn } from "../job_search.ts";
import { homeOf } from "../new/framework.ts";
import { type BuildOrder, buildProgram } from "./program.ts";

/** The library behind `datapy build`. */
export interface BuildLibrary {
  /** The jobs in a folder. */
  jobsIn(folder: string): Promise<readonly KnownJob[]>;
  /** Builds a program; gives its size in bytes. */
  build(order: BuildOrder, progress: (words: string) => void): Promise<number>;
}

/** The library, on this machine. */
export const systemBuilds: BuildLibrary = {
  jobsIn: (folder) => jobsIn(folder, systemDisk),
  async build(order, progress) {
    const [own = "deno"] = systemSubprocesses.denoCommand("", []);
    await buildProgram(order, {
      disk: systemDisk,
      run: (command) => systemSubprocesses.run(command),
      deno: thisProcess.env("DATAPY_DENO") || own,
      runTask: config.tasks.run.command,
      home: homeOf(import.meta.url, config.version),
      progress,
    });
    return await fileSize(order.out);
  },
};
