import { ConfigurationError } from "../core/errors.ts";
import { findJsonProblem } from "../core/json_scan.ts";
import { fileProblem, type Files } from "../runtime/files.ts";
import { isObject } from "./values.ts";

/**
 * The content of a context file: a JSON object. Throws a `ConfigurationError` that names the file and, where it is not
 * JSON, line and column; never a value, for it may hold passwords.
 */
export function readContextFile(
  file: string,
  files: Pick<Files, "readTextSync">,
): Readonly<Record<string, unknown>> {
  const subject = `Cannot read the context file ${file}`;
  let text: string;
  try {
    text = files.readTextSync(file);
  } catch (error) {
    const hint = file.startsWith("/") ? "" : " (looked for from the folder in which the job was started)";
    throw new ConfigurationError(`${subject}: ${fileProblem(error)}${hint}`);
  }
  const values = parse(text.replace(/^\uFEFF/, ""), subject);
  if (!isObject(values)) {
    throw new ConfigurationError(`${subject}: expected an object of sections, such as {"kafka": {...}}`);
  }
  return values;
}

function parse(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const problem = findJsonProblem(text); // V8's own message quotes the text
    const at = problem === undefined ? "" : ` at line ${problem.line}, column ${problem.column}`;
    const why = problem === undefined ? "" : `: expected ${problem.expected}, but ${problem.found}`;
    throw new ConfigurationError(`${subject}: it is not valid JSON${at}${why}`);
  }
}
