import { describeMod, type ParamDescription } from "../../src/core/describe_mod.ts";
import type { Mod } from "../../src/core/define_mod.ts";

/** What the declaration of a mod does not say, written by hand in Markdown. */
export interface ModNotes {
  /** A program that uses it, and what it prints. */
  readonly before: string;
  /** Its metrics, its errors, and what else a reader needs. */
  readonly after: string;
}

/** The reference page of a mod. */
export function modPage(mod: Mod, { before, after }: ModNotes): string {
  const { name, description, parameters, artifacts } = describeMod(mod);
  const common = parameters.filter(({ advanced }) => !advanced);
  const rare = parameters.filter(({ advanced }) => advanced);
  const parts = [
    `# ${name}`,
    description,
    before.trim(),
    "## Parameters",
    table(common),
    ...rare.length === 0 ? [] : ["## Parameters that few jobs need", table(rare)],
    ...parameters.flatMap((parameter) => fieldTables(parameter, "", parameters)),
    "## Artifacts",
    artifacts.length === 0
      ? "None."
      : rows(["name", "what it is"], artifacts.map((a) => [`\`${a.name}\``, a.description])),
    after.trim(),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Tables of what a parameter consists of; what is the same one level up is only named. */
function fieldTables(
  { name, fields }: ParamDescription,
  path: string,
  above: readonly ParamDescription[],
): readonly string[] {
  if (fields.length === 0) return [];
  const own = `${path}${name}`;
  const known = fields.filter((field) => above.some((one) => isSame(one, field)));
  const others = fields.filter((field) => !known.includes(field));
  const asAbove = known.map((field) => `\`${field.name}\``).join(", ");
  return [
    `### \`${own}\``,
    ...others.length === 0 ? [] : [table(others)],
    ...known.length === 0 ? [] : [`As above: ${asAbove}.`],
    ...others.flatMap((field) => fieldTables(field, `${own}.`, fields)),
  ];
}

const isSame = (a: ParamDescription, b: ParamDescription) =>
  a.name === b.name && a.type === b.type && a.description === b.description && a.default === b.default;

function table(parameters: readonly ParamDescription[]): string {
  const head = ["name", "type", "default", "meaning"];
  return rows(head, parameters.map((one) => [`\`${one.name}\``, one.type, defaultText(one), meaning(one)]));
}

function defaultText({ required, default: byDefault }: ParamDescription): string {
  if (required) return "required";
  return byDefault === undefined ? "" : `\`${byDefault}\``;
}

function meaning({ description, secret, data }: ParamDescription): string {
  const notes = [
    ...secret ? ["Masked wherever it is printed."] : [],
    ...data ? ["Data: `${...}` in it is not filled in."] : [],
  ];
  return [description, ...notes].join(" ");
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

/** A `|` ends a cell, and `<` may begin a tag. */
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");

/** The page that lists them all. */
export function modsPage(mods: readonly Mod[]): string {
  const list = mods.map((mod) => [`[\`${mod.name}\`](${mod.name}.md)`, mod.description]);
  return `# Mods\n\nThese pages are made from the mods' declarations by \`deno task docs\`. Mods of your own: [writing-mods.md](../writing-mods.md).\n\n${
    rows(["mod", "what it does"], list)
  }\n`;
}
