import { describeMod, type ParamDescription } from "../../src/core/describe_mod.ts";
import type { Mod } from "../../src/core/define_mod.ts";
import type { JsonSchema } from "../../src/core/json_schema.ts";
import { typeWords } from "../../src/core/type_words.ts";

/** What the declaration of a mod does not say, written by hand in Markdown. */
export interface ModNotes {
  /** A program that uses it, and what it prints. */
  readonly before: string;
  /** Its metrics, its errors, and what else a reader needs. */
  readonly after: string;
}

/** A row of a table of parameters. */
type Line = Pick<ParamDescription, "name" | "type" | "required" | "default" | "description">;

/** The reference page of a mod. */
export function modPage(mod: Mod, { before, after }: ModNotes): string {
  const { name, description, params, artifacts, jsonSchema } = describeMod(mod);
  const lines = params.map((param) => ({ ...param, description: meaning(param) }));
  const common = lines.filter(({ advanced }) => !advanced);
  const rare = lines.filter(({ advanced }) => advanced);
  const parts = [
    `# ${name}`,
    description,
    before.trim(),
    "## Parameters",
    table(common),
    ...rare.length === 0 ? [] : ["## Parameters that few jobs need", table(rare)],
    ...params.flatMap((param) => fieldTables(param.name, jsonSchema.properties?.[param.name] ?? {}, params)),
    "## Artifacts",
    rows(["name", "what it is"], artifacts.map((one) => [code(one.name), one.description])),
    after.trim(),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Tables of what a parameter consists of; what is the same one level up is only named. */
function fieldTables(path: string, schema: JsonSchema, above: readonly Line[]): readonly string[] {
  const object = objectIn(schema);
  if (object === undefined) return [];
  const fields = fieldsOf(object);
  const known = fields.filter((field) => above.some((one) => isSame(one, field)));
  const others = fields.filter((field) => !known.includes(field));
  return [
    `### ${code(path)}`,
    ...others.length === 0 ? [] : [table(others)],
    ...known.length === 0 ? [] : [`As above: ${known.map(({ name }) => code(name)).join(", ")}.`],
    ...others.flatMap(({ name }) => fieldTables(`${path}.${name}`, object.properties?.[name] ?? {}, fields)),
  ];
}

/** The object with declared keys that a parameter is, or that its items or values are. */
function objectIn(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties !== undefined) return schema;
  const { additionalProperties: values } = schema;
  const inner = [schema.items, typeof values === "object" ? values : undefined, ...schema.anyOf ?? []];
  for (const one of inner) {
    const found = one === undefined ? undefined : objectIn(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema): readonly Line[] {
  return Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeWords(property),
    required: required.includes(name),
    default: property.default === undefined ? undefined : JSON.stringify(property.default),
    description: property.description ?? "",
  }));
}

const isSame = (a: Line, b: Line) => a.name === b.name && b.description === a.description;

function meaning({ description, secret, data }: ParamDescription): string {
  const notes = [
    ...secret ? ["Masked wherever it is printed."] : [],
    ...data ? ["Data: `${...}` in it is not filled in."] : [],
  ];
  return [description, ...notes].join(" ");
}

function table(lines: readonly Line[]): string {
  const head = ["name", "type", "default", "meaning"];
  return rows(head, lines.map((one) => [code(one.name), one.type, defaultText(one), one.description]));
}

function defaultText({ required, default: byDefault }: Line): string {
  if (required) return "required";
  return byDefault === undefined ? "" : code(byDefault);
}

const code = (text: string) => `\`${text}\``;

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

/** A `|` ends a cell, and `<` may begin a tag. */
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");

/** The page that lists them all. */
export function modsPage(mods: readonly Mod[]): string {
  const list = mods.map(({ name, description }) => [`[${code(name)}](${name}.md)`, description]);
  return [
    "# Mods",
    "These pages are made from the mods' declarations by `deno task docs`. Mods of your own:\n" +
    "[writing-mods.md](../writing-mods.md).",
    rows(["mod", "what it does"], list),
    "",
  ].join("\n\n");
}
