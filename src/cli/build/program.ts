import { dirname, join, resolve } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import type { Disk } from "../../runtime/disk.ts";
import type { Finished } from "../../runtime/subprocess.ts";
import type { KnownJob } from "../context.ts";
import type { Home } from "../new/framework.ts";
import { configOf } from "../project_config.ts";
import { buildText } from "../text/build.ts";
import { contextFilesOf } from "./context_files.ts";
import { entryText } from "./entry.ts";
import { programFlags, type Target } from "./flags.ts";
import { checkGraph, type Graph, packagesOf } from "./graph.ts";
import { type Lock, lockOf } from "./lock.ts";

/** What is to be built. */
export interface BuildOrder {
  readonly jobs: readonly KnownJob[];
  /** The program's file. */
  readonly out: string;
  /** Undefined for this platform. */
  readonly target: Target | undefined;
  /** Files and folders that jobs read, besides their context files. */
  readonly include: readonly string[];
  /** Where jobs may write, from the folder in which the program is started. */
  readonly writable: readonly string[];
}

/** What building needs. */
export interface BuildTools {
  readonly disk: Pick<Disk, "readText" | "writeText" | "exists" | "makeFolder" | "lock" | "remove">;
  /** Runs a command to its end. */
  run(command: readonly string[]): Promise<Finished>;
  /** The Deno that compiles. */
  readonly deno: string;
  /** The library's task `run`. */
  readonly runTask: string;
  /** Where the library comes from. */
  readonly home: Home;
  progress(words: string): void;
}

/** Where the program's first module is written: below the project, so that paths in the program are the same on each machine. */
const FOLDER = ".datapy/build";
const LOCK_MS = 300_000;

/**
 * Compiles jobs and the command line to one program. Rejects with a `ConfigurationError` where the jobs do not compile, or
 * what comes out does not start.
 */
export async function buildProgram(order: BuildOrder, tools: BuildTools): Promise<void> {
  const { disk } = tools;
  const contexts = await contextFilesOf(order.jobs, disk);
  const folder = resolve(FOLDER);
  using _lock = await disk.lock(`${folder}.lock`, LOCK_MS);
  try {
    await compile(order, [...contexts, ...order.include], folder, tools);
  } finally {
    await disk.remove(folder);
  }
  if (order.target === undefined) await tryOut(order, tools);
}

async function compile(
  { jobs, out, target, writable }: BuildOrder,
  include: readonly string[],
  folder: string,
  { disk, run, deno, runTask, home, progress }: BuildTools,
): Promise<void> {
  const config = await configOf(jobs[0]?.file ?? ".", disk);
  const [entry, lock] = [join(folder, "main.ts"), join(folder, "deno.lock")];
  const known = config === undefined ? undefined : await disk.readText(join(dirname(config), "deno.lock"));
  if (known !== undefined) await disk.writeText(lock, known);
  await disk.writeText(entry, entryText(entry, jobs, home));
  const imports = [
    config === undefined ? "--no-config" : `--config=${config}`,
    `--lock=${lock}`,
    ...importHosts(home, config === undefined ? undefined : await disk.readText(config)),
  ];
  const call = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await run(["env", "NO_COLOR=1", deno, ...words]);
    if (code !== 0) throw new ConfigurationError(buildText.failed(out, withoutStack(stderr)));
    return stdout;
  };

  progress(buildText.reading);
  const graph = JSON.parse(await call("info", "--json", ...imports, entry)) as Graph;
  checkGraph(graph, out);
  const full = JSON.parse(await disk.readText(lock) ?? "{}") as Lock;
  await disk.writeText(lock, JSON.stringify(lockOf(packagesOf(graph), full)));
  progress(buildText.compiling);
  const outFolder = dirname(resolve(out));
  if (!await disk.exists(outFolder)) await disk.makeFolder(outFolder);
  await call(
    "compile",
    "--quiet",
    ...imports,
    ...programFlags(runTask, writable),
    ...include.map((path) => `--include=${resolve(path)}`),
    ...(target === undefined ? [] : [`--target=${target}`]),
    `--output=${resolve(out)}`,
    entry,
  );
}

/** What Deno says, without its own stack. */
const withoutStack = (text: string) => text.replace(/\n\s*Stack backtrace:[\s\S]*/, "").trim();

/** Web servers that modules may come from: the library's, and those that the project's import map names. */
function importHosts(home: Home, config: string | undefined): readonly string[] {
  const urls = [home.folder.href, ...(config?.match(/https?:\/\/[^"\s]+/g) ?? [])];
  const hosts = urls.filter((url) => url.startsWith("http")).map((url) => new URL(url).host);
  return hosts.length === 0 ? [] : [`--allow-import=${[...new Set(hosts)].join(",")}`];
}

/** A runtime that does not fit its Deno shows at the first start. */
async function tryOut({ jobs, out }: BuildOrder, { run, progress }: BuildTools): Promise<void> {
  progress(buildText.trying);
  const { code, stdout, stderr } = await run([resolve(out), "jobs", "--json"]);
  const inside = stdout.split("\n").filter((line) => line !== "");
  if (code !== 0 || inside.length !== jobs.length) {
    throw new ConfigurationError(buildText.doesNotStart(out, code, stderr.trim()));
  }
}
