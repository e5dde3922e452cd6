import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chooseContextFile, currentContext } from "../../context/current.ts";
import { parseTemplate } from "../../context/template.ts";
import { errorText, ModError } from "../../core/errors.ts";
import { modInPlace } from "../../job/run_mod.ts";
import { systemFiles } from "../../runtime/files.ts";
import { thisProcess } from "../../runtime/process.ts";
import { processEvents } from "../../runtime/uncaught.ts";
import { type PlanLine, writePlanLine } from "./plan_lines.ts";
import type { PlanEnd } from "./report.ts";
import { callsIn, givenAs, ownImports, textsIn } from "./source.ts";
import { DATABASE_SETTINGS, standInFor } from "./stand_in.ts";

const MOST_FILES = 100;
const DATABASE = /^(?:duckdb|postgres|postgresql):/;

const print = (line: PlanLine) => thisProcess.writeOut(writePlanLine(line));

/**
 * Plans a job, in a process of its own that may only read: imports the job, runs its main with stand-ins for its mods, and
 * prints what it learns. Another context file may take the place of the job's own. Nobody may wait for it by an await at
 * the top of a module: Deno would not tell then that nothing goes on.
 */
export async function plan(job = "", contextFile?: string): Promise<void> {
  if (contextFile !== undefined) chooseContextFile(contextFile);
  modInPlace.set((mod) => standInFor(mod, (call) => print({ call, mod: mod.name })));
  const [end, message] = await endingOf(job);
  try {
    lookAt(sourcesOf(job));
  } catch {
    // the job itself could not be read, or the context: that was told
  }
  print({ end, message: message.replaceAll(/\s*\n\s*/g, " ") });
}

async function endingOf(job: string): Promise<readonly [PlanEnd, string]> {
  let main: unknown;
  try {
    ({ main } = await import(pathToFileURL(resolve(job)).href) as { main?: unknown });
  } catch (error) {
    return ["not a job", errorText(error)];
  }
  if (typeof main !== "function") {
    return ["not a job", 'it exports no function main; a job begins with "export async function main()"'];
  }
  const idle = Promise.withResolvers<"idle">(); // it waits in its consumer
  using _idle = processEvents.onIdle(() => idle.resolve("idle"));
  try {
    await Promise.race([(async () => await main())(), idle.promise]);
    return ["complete", ""];
  } catch (error) {
    return [
      error instanceof ModError && error.kind === "configuration" ? "refused" : "unknown",
      errorText(error),
    ];
  }
}

/** The sources of a job and of the files beside it that it imports. */
function sourcesOf(job: string): readonly string[] {
  const open = [resolve(job)];
  const sources: string[] = [];
  for (let i = 0; i < open.length && i < MOST_FILES; i++) {
    const path = open[i]!;
    const source = systemFiles.readTextSync(path);
    sources.push(source);
    for (const specifier of ownImports(source)) {
      const imported = join(dirname(path), specifier);
      if (!open.includes(imported) && /\.[mc]?[jt]s$/.test(imported)) open.push(imported);
    }
  }
  return sources;
}

function lookAt(sources: readonly string[]): void {
  const texts = sources.flatMap(textsIn);
  for (const text of new Set(texts.map(({ text }) => text).filter((text) => text.includes("${")))) {
    for (const reference of referencesIn(text)) {
      print({ reference: { text: reference, problem: problemOf(reference) } });
    }
  }
  for (const topic of givenAs(texts, "topic")) {
    if (problemOf(topic) === null) print({ topic: filledIn(topic) });
  }
  for (const call of sources.flatMap(callsIn)) {
    const settings = Object.fromEntries(
      DATABASE_SETTINGS.flatMap((name) =>
        givenAs(call, name).slice(0, 1).map((text) => [name, text] as const)
      ),
    );
    const { url } = settings;
    if (url === undefined || Object.values(settings).some((text) => problemOf(text) !== null)) continue;
    const database = { ...mapped(settings, filledIn), url: filledIn(url) };
    if (DATABASE.test(database.url)) print({ database }); // else a url of something else
  }
}

function mapped(
  record: Readonly<Record<string, string>>,
  change: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, text]) => [name, change(text)]));
}

function referencesIn(text: string): readonly string[] {
  try {
    return parseTemplate(text).flatMap((part) => typeof part === "string" ? [] : [part.text]);
  } catch {
    return []; // not a reference, so not meant as one
  }
}

const filledIn = (text: string) => String(currentContext().resolve(text, { mod: "", parameter: "" }));

function problemOf(text: string): string | null {
  try {
    filledIn(text);
    return null;
  } catch (error) {
    return errorText(error).replace(/^parameter "": (?:cannot fill in \$\{[^}]*\}: )?/, "");
  }
}
