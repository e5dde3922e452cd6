import { ConfigurationError, errorText, kindOf } from "../../../core/errors.ts";
import type { Row } from "../../../core/rows.ts";
import { computed, type MapRow, planMapping, put, type Variables, wrong } from "../mapping.ts";
import { quoteName } from "../words.ts";
import type { MapperSettings, OutputSettings, RowFilter } from "./settings.ts";

/** What became of some rows. */
export interface Mapped {
  /** The rows of each output, by its name; of `data` where there are no outputs. */
  readonly outputs: ReadonlyMap<string, readonly Row[]>;
  /** The rows that nothing took, as they came in. */
  readonly reject: readonly Row[];
}

/** Maps rows; a single one is not numbered in errors. */
export type MapRows = (rows: readonly Row[], isSingle: boolean) => Mapped;

interface Output {
  readonly name: string;
  readonly takes: OutputSettings["takes"];
  readonly filter: RowFilter | undefined;
  readonly mapRow: MapRow;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const RESERVED: readonly string[] = ["data", "reject", "__proto__"];
const NO_VARIABLES: Variables = Object.freeze({});

/** Checks the settings and makes a function of them. Throws a `ModError` of kind configuration where they are wrong. */
export function planMapper(settings: MapperSettings): MapRows {
  const outputs = planOutputs(settings);
  const variables = Object.entries(settings.variables);
  const unnamed = variables.map(([name]) => name).find((name) => !NAME.test(name) || name === "__proto__");
  if (unnamed !== undefined) {
    throw wrong("variables", `${quoteName(unnamed)} is no name of a variable: ${NAMES}`);
  }
  const ofRows = outputs.filter(({ takes }) => takes === "rows");
  const ofUnmatched = outputs.filter(({ takes }) => takes === "unmatched");
  const ofInvalid = outputs.filter(({ takes }) => takes === "invalid");
  const { error_column: errorColumn } = settings;

  return (rows, isSingle) => {
    const taken = new Map(outputs.map(({ name }) => [name, [] as Row[]]));
    const reject: Row[] = [];
    /** Offers a row to outputs; whether one of them took it. */
    const offer = (to: readonly Output[], row: Row, known: Variables, where: string): boolean => {
      let isTaken = false;
      for (const { name, filter, mapRow } of to) {
        if (filter !== undefined && !fits(filter, name, row, known, where)) continue;
        taken.get(name)!.push(mapRow(row, known, where));
        isTaken = true;
        if (settings.match === "first") break;
      }
      return isTaken;
    };
    const refuse = (row: Row, why: string | null) =>
      errorColumn === undefined ? row : withReason(row, errorColumn, why);

    rows.forEach((row, i) => {
      const where = isSingle ? "" : `row ${i}: `;
      try {
        const known = variables.length === 0 ? NO_VARIABLES : compute(variables, row, where);
        if (offer(ofRows, row, known, where)) return;
        const refused = refuse(row, null);
        if (!offer(ofUnmatched, refused, known, where)) reject.push(refused);
      } catch (error) {
        const kind = kindOf(error);
        if (settings.on_invalid !== "reject" || kind === "configuration" || kind === "unavailable") {
          throw error;
        }
        const refused = refuse(row, errorText(error));
        if (!offer(ofInvalid, refused, NO_VARIABLES, where)) reject.push(refused);
      }
    });
    return { outputs: taken, reject };
  };
}

const NAMES = "expected letters, digits and _";

function planOutputs(settings: MapperSettings): readonly Output[] {
  const entries = Object.entries(settings.outputs);
  if (entries.length === 0) {
    return [{
      name: "data",
      takes: "rows",
      filter: settings.filter,
      mapRow: planColumns(settings, settings, ""),
    }];
  }
  for (const parameter of ["column_mapping", "constants", "functions", "casts", "defaults"] as const) {
    if (Object.keys(settings[parameter]).length > 0) throw perOutput(parameter);
  }
  if (settings.filter !== undefined) throw perOutput("filter");
  if (!settings.keep_unmapped) throw perOutput("keep_unmapped");
  return entries.map(([name, output]) => {
    if (!NAME.test(name) || RESERVED.includes(name)) {
      throw wrong(
        `outputs.${name}`,
        `${quoteName(name)} is no name of an output: ${NAMES}, other than data and reject`,
      );
    }
    if (output.takes === "invalid" && settings.on_invalid !== "reject") {
      throw wrong(
        `outputs.${name}.takes`,
        `output ${name} takes invalid rows: that needs on_invalid: "reject"`,
      );
    }
    const mapRow = planColumns(output, settings, `outputs.${name}.`);
    return { name, takes: output.takes, filter: output.filter, mapRow };
  });
}

function perOutput(parameter: string): Error {
  return wrong(parameter, `with outputs, ${parameter} belongs into each output: outputs.NAME.${parameter}`);
}

function planColumns(
  columns: Omit<OutputSettings, "filter" | "takes">,
  settings: MapperSettings,
  within: string,
): MapRow {
  return planMapping({
    columnMapping: columns.column_mapping,
    constants: columns.constants,
    functions: columns.functions,
    casts: columns.casts,
    defaults: columns.defaults,
    keepUnmapped: columns.keep_unmapped,
    missingColumns: settings.missing_columns,
    invalidIsNull: settings.on_invalid === "null",
  }, within);
}

function compute(
  variables: readonly (readonly [string, Parameters<typeof computed>[1]])[],
  row: Row,
  where: string,
): Variables {
  const known: Record<string, unknown> = {};
  for (const [name, variable] of variables) {
    known[name] = computed(`variable ${quoteName(name)}`, variable, row, known, where);
  }
  return known;
}

function fits(filter: RowFilter, output: string, row: Row, variables: Variables, where: string): boolean {
  const what = `the filter of ${quoteName(output)}`;
  const answer = computed(what, filter, row, variables, where);
  if (typeof answer === "boolean") return answer;
  throw new ConfigurationError(`${what} answered with something else than true or false`);
}

function withReason(row: Row, column: string, why: string | null): Row {
  const refused = { ...row };
  put(refused, column, why);
  return refused;
}
