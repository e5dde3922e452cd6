import { errorText } from "../../../core/errors.ts";
import { type Judge, type Limits, WrongOperand } from "./judge.ts";

/**
 * A regular expression, compiled once. A text is read with the flag `u`.
 *
 * JavaScript's expressions backtrack: some take time that grows exponentially with the text, and nothing can stop them.
 * What is bounded here: texts that are longer than the limit are refused, and so is an expression given as a text that
 * repeats a group without bound which itself repeats something without bound, `(a+)+`. What is not: alternatives that
 * overlap, `(a|a)*`, and several repetitions side by side, `a*a*a*b`, whose time grows with a power of the length. An
 * expression given as a RegExp is taken as it is.
 */
export function compilePattern(operand: unknown, { matchesMaxLength }: Limits): Judge | WrongOperand {
  const pattern = expressionOf(operand);
  if (pattern instanceof WrongOperand) return pattern;
  return (value) =>
    typeof value === "string" && value.length <= matchesMaxLength ? pattern.test(value) : undefined;
}

function expressionOf(operand: unknown): RegExp | WrongOperand {
  if (operand instanceof RegExp) {
    if (operand.sticky) return new WrongOperand("a RegExp without the flag y: write ^ where the text begins");
    return new RegExp(operand.source, operand.flags.replace("g", "")); // g would remember where it stopped
  }
  if (typeof operand !== "string") return new WrongOperand("a regular expression, as a text or a RegExp");
  let pattern: RegExp;
  try {
    pattern = new RegExp(operand, "u");
  } catch (error) {
    return new WrongOperand(`a regular expression: ${errorText(error)}`);
  }
  if (!nestsRepetitions(operand)) return pattern;
  return new WrongOperand(
    "a regular expression that does not repeat what repeats itself, as (a+)+ does: it may take for ever; " +
      "if it is safe, hand it over as a RegExp",
  );
}

/** Whether a group that is repeated without bound holds something that is; the expression is valid. */
function nestsRepetitions(pattern: string): boolean {
  const groups: boolean[] = [];
  let repeats = false; // whether the group so far repeats something without bound
  for (let i = 0; i < pattern.length; i++) {
    const at = pattern[i];
    if (at === "\\") i++;
    else if (at === "[") i = endOfClass(pattern, i);
    else if (at === "(") {
      groups.push(repeats);
      repeats = false;
    } else if (at === ")") {
      const isRepeated = isUnbounded(pattern, i + 1);
      if (isRepeated && repeats) return true;
      repeats = repeats || isRepeated || groups.at(-1) === true;
      groups.pop();
    } else if (isUnbounded(pattern, i)) repeats = true;
  }
  return false;
}

function isUnbounded(pattern: string, at: number): boolean {
  return /^(?:[*+]|\{\d+,\})/.test(pattern.slice(at, at + 20));
}

function endOfClass(pattern: string, start: number): number {
  let at = start + 1;
  while (pattern[at] !== "]") at += pattern[at] === "\\" ? 2 : 1;
  return at;
}
