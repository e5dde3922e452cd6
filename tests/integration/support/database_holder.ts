import { JobProcess } from "./job_process.ts";

const SCRIPT = new URL("hold_database.ts", import.meta.url).pathname;

/** A process that holds a DuckDB file, as another program would, until it is sent a line. The file's folder is made. */
export async function holdDatabase(folder: string, file: string): Promise<JobProcess> {
  await Deno.mkdir(`${folder}/${file}`.replace(/[^/]*$/, ""), { recursive: true });
  const holder = new JobProcess({ script: SCRIPT, args: [file], folder });
  await holder.until(() => holder.output.includes("held"), "the file to be held");
  return holder;
}
