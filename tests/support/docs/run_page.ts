import assert from "node:assert/strict";
import { waitFor } from "../wait_for.ts";
import type { Page } from "./blocks.ts";
import { Command } from "./command.ts";
import { PageFolder } from "./folder.ts";
import { CTRL_C, hasBegun, matches } from "./output.ts";
import { type Step, stepsOf } from "./steps.ts";

/** Jobs of pages are stopped within this time after they have begun. */
const BOUND_MS = 120_000;

/** What a page runs on. */
export interface Surroundings {
  /** Variables of its commands. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether consumers have nothing left to do, so that a job may be stopped. */
  readonly isCaughtUp?: () => Promise<boolean>;
  /** A line as a reader would see it: the addresses of the tests' servers are not the usual ones. */
  readonly asOnPage?: (line: string) => string;
  /** A block as it is to be run, the other way round. */
  readonly asToRun?: (text: string) => string;
}

type Runs = Extract<Step, { kind: "ts" | "sh" }>;

/** Runs the blocks of a page, or of several after each other, in a folder of their own; types are checked too. */
export async function runPages(pages: readonly Page[], around: Surroundings = {}): Promise<void> {
  const { asToRun = (text) => text } = around;
  const steps = pages.flatMap((page) =>
    stepsOf(page).map((step) => ({ page, step: { ...step, text: asToRun(step.text) } }))
  );
  if (steps.length === 0) return;
  await using folder = await PageFolder.make();
  let unchecked = new Set<string>();
  const check = async () => {
    const files = [...unchecked];
    unchecked = new Set();
    if (files.length > 0) await runCommands(`deno check --quiet ${files.join(" ")}`, folder, around, "types");
  };
  for (const { page, step } of steps) {
    const place = `${page.path}:${step.line}`;
    if (step.kind === "json") readJson(place, step.text);
    else if (step.kind === "write") {
      if (unchecked.has(step.file)) await check(); // what is written over now
      await folder.write(step.file, step.text);
      if (step.file.endsWith(".json")) readJson(place, step.text);
      if (step.file.endsWith(".ts")) unchecked.add(step.file);
    } else if (step.kind === "ts") {
      const file = `snippets/${page.path.replaceAll(/\W/g, "_")}_${step.line}.ts`;
      await folder.write(file, `${step.text}\nexport {};\n`);
      unchecked.add(file);
      await runStep(place, { ...step, text: `deno run -A --no-prompt ${file}` }, folder, around);
    } else await runStep(place, step, folder, around);
  }
  await check();
}

function readJson(place: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`${place}: the block is no JSON`, { cause: error });
  }
}

async function runStep(place: string, step: Runs, folder: PageFolder, around: Surroundings): Promise<void> {
  const { output } = step;
  if (output?.includes(CTRL_C)) return await runUntilStopped(place, step, output, folder, around);
  const printed = await runCommands(step.text, folder, around, place);
  if (output === undefined) return;
  assert.ok(matches(output, printed), differs(place, output, printed));
}

/** Runs commands to their end, which must be a good one. */
async function runCommands(
  commands: string,
  folder: PageFolder,
  around: Surroundings,
  place: string,
): Promise<readonly string[]> {
  await using command = start(commands, folder, around);
  const code = await command.ended();
  const printed = onPage(command, around);
  assert.equal(code, 0, `${place}: exit code ${code}, it printed\n${printed.join("\n")}`);
  return printed;
}

/** Runs commands until what the page states is there and the consumers are done, then stops them as Ctrl+C would. */
async function runUntilStopped(
  place: string,
  step: Runs,
  output: readonly string[],
  folder: PageFolder,
  around: Surroundings,
): Promise<void> {
  // the last command is the one that is stopped: it takes the place of its shell
  const commands = step.text.replace(/^((?:\w+=\S* )*)(\S.*)$(?![\s\S])/m, "$1exec $2");
  await using command = start(commands, folder, around);
  const begun = async () => {
    if (command.code !== undefined) return "ended";
    if (!hasBegun(output, onPage(command, around))) return false;
    return (await around.isCaughtUp?.() ?? true) && "begun";
  };
  const told = () => differs(place, output, onPage(command, around));
  assert.equal(await waitFor(begun, told, BOUND_MS), "begun", told());
  const code = await command.stopped();
  assert.equal(code, 0, `${place}: exit code ${code}; ${told()}`);
  assert.ok(matches(output, onPage(command, around)), told());
}

function start(commands: string, folder: PageFolder, { env = {} }: Surroundings): Command {
  const path = `${folder.bin}:${Deno.env.get("PATH") ?? ""}`;
  const own = { PATH: path, NO_COLOR: "1", LOG_LEVEL: "", LOG_FORMAT: "", DENO_NO_UPDATE_CHECK: "1" };
  return new Command(commands, folder.path, { ...own, ...env });
}

const onPage = ({ output }: Command, { asOnPage = (line) => line }: Surroundings) => output.map(asOnPage);

function differs(place: string, stated: readonly string[], printed: readonly string[]): string {
  return `${place}: the page states\n${stated.join("\n")}\n\nbut this was printed\n${printed.join("\n")}`;
}
