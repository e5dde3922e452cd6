import { buildCommand, buildRouteMap } from "../deps/stricli.ts";
import type { ModDescription, ParamDescription } from "../core/describe_mod.ts";
import { didYouMean } from "../core/nearest.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith } from "./context.ts";
import { wrapped } from "./help.ts";
import { hasColours, jsonLine, printRows } from "./output.ts";
import { NAME } from "./text.ts";
import { flagText } from "./text/flags.ts";
import { modsText } from "./text/mods.ts";

/** A type that is longer pushes what follows to the right. */
const WIDEST_TYPE = 48;

const json = { kind: "boolean", default: false, withNegated: false, brief: flagText.json } as const;

/** `datapy mods` */
export const mods = buildRouteMap({
  routes: {
    list: buildCommand({
      func: list,
      parameters: { flags: { json } },
      docs: { brief: modsText.list, fullDescription: modsText.listFull },
    }),
    describe: buildCommand({
      func: describe,
      parameters: {
        flags: { json, jsonSchema: { ...json, brief: modsText.jsonSchema } },
        positional: {
          kind: "tuple",
          parameters: [{
            brief: modsText.name,
            parse: String,
            placeholder: "NAME",
            proposeCompletions: async function (this: CliContext) {
              return (await this.mods()).map(({ name }) => name);
            },
          }],
        },
      },
      docs: { brief: modsText.describe, fullDescription: modsText.describeFull },
    }),
  },
  docs: { brief: modsText.brief },
});

async function list(this: CliContext, flags: { readonly json: boolean }): Promise<void> {
  const rows = (await this.mods()).map(({ name, description }) => ({ name, description }));
  const columns = [
    { title: "NAME", of: (row: typeof rows[number]) => row.name },
    { title: "WHAT IT DOES", of: (row: typeof rows[number]) => row.description },
  ];
  printRows(this, columns, rows, flags.json);
}

async function describe(
  this: CliContext,
  flags: { readonly json: boolean; readonly jsonSchema: boolean },
  name: string,
): Promise<void> {
  const all = await this.mods();
  const mod = all.find((one) => one.name === name);
  if (mod === undefined) {
    const hint = didYouMean(name, all.map((one) => one.name));
    return endWith(this, EXIT_CODES.usage, `${NAME}: ${modsText.none(name, hint)}`);
  }
  const { describeMod } = await import("../core/describe_mod.ts");
  const description = describeMod(mod);
  const { machine } = this;
  if (flags.jsonSchema) return machine.writeOut(`${JSON.stringify(description.jsonSchema, undefined, 2)}\n`);
  machine.writeOut(flags.json ? jsonLine(description) : page(description, hasColours(this)));
}

/** A description for people. */
function page(mod: ModDescription, bold: boolean): string {
  const title = (text: string) => bold ? `\x1b[1m${text}\x1b[22m` : text;
  const nameWidth = Math.max(...mod.params.map(({ name }) => name.length));
  const typeWidth = Math.min(WIDEST_TYPE, Math.max(...mod.params.map(({ type }) => type.length)));
  const params = mod.params.flatMap((param) => [
    `  ${title(param.name.padEnd(nameWidth))}  ${param.type.padEnd(typeWidth)}  ${fallbackOf(param)}`,
    ...wrapped(meaningOf(param), "      "),
  ]);
  const artifacts = mod.artifacts.flatMap(({ name, description }) => [
    `  ${title(name)}`,
    ...wrapped(description, "      "),
  ]);
  return [
    title(mod.name),
    ...wrapped(mod.description, ""),
    "",
    title(modsText.parameters),
    `  ${modsText.titles.name.padEnd(nameWidth)}  ${
      modsText.titles.type.padEnd(typeWidth)
    }  ${modsText.titles.fallback}`,
    ...params,
    "",
    title(modsText.artifacts),
    ...artifacts,
    "",
    title(modsText.example),
    ...mod.example.split("\n").map((line) => `  ${line}`),
    "",
  ].join("\n");
}

function fallbackOf(param: ParamDescription): string {
  return param.required ? modsText.required : param.default ?? modsText.noDefault;
}

function meaningOf(param: ParamDescription): string {
  const { advanced, data, secret } = modsText.marks;
  const marks = [
    ...(param.advanced ? [advanced] : []),
    ...(param.secret ? [secret] : []),
    ...(param.data ? [data] : []),
  ];
  return [param.description, ...marks].join(" ");
}
