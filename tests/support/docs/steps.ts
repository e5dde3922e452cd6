import type { Block, Page } from "./blocks.ts";
import { CTRL_C } from "./output.ts";

/** What is done with a block. */
export type Step =
  /** Written to a file, to be used by later steps. */
  | { readonly kind: "write"; readonly line: number; readonly file: string; readonly text: string }
  /** JSON that stands by itself. */
  | { readonly kind: "json"; readonly line: number; readonly text: string }
  /** A module or commands; what the page states as their output, if it does. */
  | {
    readonly kind: "ts" | "sh";
    readonly line: number;
    readonly text: string;
    readonly output: readonly string[] | undefined;
  };

/** The steps of a page, in its order. Throws where a block states the output of nothing. */
export function stepsOf({ path, blocks }: Page): readonly Step[] {
  const steps: Step[] = [];
  let before: Block | undefined;
  for (const block of blocks) {
    const { line, text, language, file } = block;
    if (block.ignored === undefined) {
      if (file !== undefined) steps.push({ kind: "write", line, file, text: `${text}\n` });
      else if (language === "json") steps.push({ kind: "json", line, text });
      else if (language === "text") addOutput(`${path}:${line}`, steps, before, text.split("\n"));
      else steps.push({ kind: language === "ts" ? "ts" : "sh", line, text, output: undefined });
    }
    before = block;
  }
  return steps;
}

function addOutput(place: string, steps: Step[], before: Block | undefined, output: string[]): void {
  const last = steps.at(-1);
  if (last === undefined || last.line !== before?.line || (last.kind !== "ts" && last.kind !== "sh")) {
    throw new Error(`${place}: a text block states what the ts or sh block right before it prints`);
  }
  if (last.kind === "ts" && output.includes(CTRL_C)) {
    throw new Error(`${place}: only commands are stopped by ${CTRL_C}`);
  }
  steps[steps.length - 1] = { ...last, output };
}
