import { ConfigurationError, ModError } from "../../core/errors.ts";
import { type JsonPath, parseJsonPath } from "../../core/json_path.ts";
import { didYouMean } from "../../core/nearest.ts";
import { type ExtractSettings, field, type FieldSettings } from "./json_settings.ts";
import { castOptions, planCast, type PlannedCast, type Type } from "./mapper/cast_plan.ts";
import { quoteName } from "./words.ts";

/** A column, checked. */
export interface PlannedField {
  readonly column: string;
  readonly path: JsonPath;
  /** Whose element `$` is: 0 is the document, 1 the first loop. */
  readonly level: number;
  readonly cast: (PlannedCast & { readonly type: Type }) | undefined;
  readonly take: "one" | "first" | "list";
  readonly missing: "error" | "null" | "omit";
  readonly onInvalid: "error" | "null";
}

/** Loops and fields, checked. */
export interface ExtractPlan {
  readonly loops: readonly JsonPath[];
  /** Undefined where the elements themselves are the rows. */
  readonly fields: readonly PlannedField[] | undefined;
  readonly settings: ExtractSettings;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Checks loops and fields. Throws a `ModError` of kind configuration that names the parameter, and where it is wrong. */
export function planExtract(settings: ExtractSettings): ExtractPlan {
  const { loop = {}, fields } = settings;
  const loops = typeof loop === "string"
    ? [at("loop", () => parseJsonPath(loop))]
    : Object.entries(loop).map(([name, text]) => at(`loop.${name}`, () => namedLoop(name, text)));
  if (typeof loop === "object" && settings.loop !== undefined && loops.length === 0) {
    at("loop", () => fail("it names no loop: leave it out where the document is the one element"));
  }
  const names = ["root", ...typeof loop === "string" ? [] : Object.keys(loop)];
  const planned = fields === undefined ? undefined : Object.entries(fields).map(([column, spec]) => {
    const given = typeof spec === "string" ? field.parse({ path: spec }) : spec;
    const within = typeof spec === "string" ? `fields.${column}` : `fields.${column}.`;
    return planField(column, given, within, names, loops.length, settings);
  });
  return { loops, fields: planned, settings };
}

function namedLoop(name: string, text: string): JsonPath {
  if (NAME.test(name) && name !== "root" && name !== "__proto__") return parseJsonPath(text);
  throw new ConfigurationError(
    `${quoteName(name)} is no name of a loop: expected letters, digits and _, other than root`,
  );
}

function planField(
  column: string,
  given: FieldSettings,
  within: string,
  names: readonly string[],
  innermost: number,
  settings: ExtractSettings,
): PlannedField {
  const { type, take, from, format, zone, scale, rounding } = given;
  const parsed = at(within.endsWith(".") ? `${within}path` : within, () => parseJsonPath(given.path));
  const cast = at(within.replace(/\.$/, ""), () => {
    if (type !== undefined) return { ...planCast({ type, format, zone, scale, rounding }), type };
    const option = Object.keys(castOptions).find((key) =>
      given[key as keyof typeof castOptions] !== undefined
    );
    if (option !== undefined) throw new ConfigurationError(`${option} needs a type`);
    return undefined;
  });
  const level = at(`${within}from`, () => {
    if (from === undefined) return innermost;
    const found = names.indexOf(from);
    if (found >= 0) return found;
    const known = names.map(quoteName).join(", ");
    throw new ConfigurationError(
      `there is no loop ${quoteName(from)}${didYouMean(from, names)} (known: ${known})`,
    );
  });
  return {
    column,
    path: parsed,
    level,
    cast,
    take,
    missing: given.missing ?? settings.missing,
    onInvalid: given.on_invalid ?? settings.on_invalid,
  };
}

function fail(message: string): never {
  throw new ConfigurationError(message);
}

function at<T>(parameter: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const message = `parameter "${parameter}": ${(error as Error).message}`;
    throw new ModError("json_parser", message, { kind: "configuration", parameter });
  }
}
