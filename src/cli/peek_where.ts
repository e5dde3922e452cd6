import { errorText } from "../core/errors.ts";
import { compileJsonPath } from "../core/json_path.ts";
import { textOf } from "./peek_format.ts";

/** Whether a value fits: undefined where it is not JSON. */
export type Where = (value: Uint8Array | null) => boolean | undefined;

/**
 * An expression of JSONPath (RFC 9535) as it stands in a filter, such as `$.amount > 100` or `$.lines[?@.sku == 'x']`; `$`
 * and `@` at its outer level are the record's value. Throws a `RangeError` where it cannot be read.
 */
export function compileWhere(expression: string): Where {
  let fits: (value: unknown) => unknown[];
  try {
    // the value stands in a list that is filtered: what the expression calls its root is the list's item
    fits = compileJsonPath(`$[?${rootsAsItems(expression)}]`);
  } catch (error) {
    const why = errorText(error).replace(/^.*\(RFC 9535\): /s, "").replace(/, at character \d+$/, "");
    throw new RangeError(why);
  }
  return (value) => {
    const text = value === null ? undefined : textOf(value);
    if (text === undefined) return undefined;
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return undefined;
    }
    return fits([parsed]).length > 0;
  };
}

/** `$` as `@`, but not within quoted names and texts. */
function rootsAsItems(expression: string): string {
  return expression.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\$/g, (part) => part === "$" ? "@" : part);
}
