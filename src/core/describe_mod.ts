import type { z } from "../deps/zod.ts";
import type { Mod } from "./define_mod.ts";
import { type JsonSchema, paramsJsonSchema } from "./json_schema.ts";
import { metaOf } from "./params.ts";
import { typeWords } from "./type_words.ts";

/** One parameter, in words. */
export interface ParamDescription {
  readonly name: string;
  /** Such as `whole number, at least 0` or `earliest | latest | none`. */
  readonly type: string;
  readonly required: boolean;
  /** As JSON; undefined where there is none. */
  readonly default: string | undefined;
  readonly description: string;
  /** Only a few jobs need it. */
  readonly advanced: boolean;
  readonly secret: boolean;
  /** Made from messages: no `${...}` is looked for in it. */
  readonly data: boolean;
}

/** Everything that is known about a mod, for help, reference pages and editors. */
export interface ModDescription {
  readonly name: string;
  readonly description: string;
  /** Required ones first, advanced ones last, else as they are declared. */
  readonly params: readonly ParamDescription[];
  readonly artifacts: readonly { readonly name: string; readonly description: string }[];
  /** A call with the parameters that are required. */
  readonly example: string;
  /** Of the parameters: draft 2020-12. */
  readonly jsonSchema: JsonSchema;
}

/** Describes a mod by its declaration alone. Pure. */
export function describeMod(mod: Mod): ModDescription {
  const schema = paramsJsonSchema(mod.params);
  const required = new Set(schema.required ?? []);
  const params = Object.entries(schema.properties ?? {}).map(([name, property]): ParamDescription => {
    const meta = metaOf(mod.params.shape[name] as z.ZodType);
    return {
      name,
      type: meta.secret === true ? "secret text" : typeWords(property),
      required: required.has(name),
      default: property.default === undefined ? undefined : JSON.stringify(property.default),
      description: meta.description ?? "",
      advanced: meta.advanced === true,
      secret: meta.secret === true,
      data: meta.data === true,
    };
  });
  const rank = (param: ParamDescription) => param.required ? 0 : param.advanced ? 2 : 1;
  return {
    name: mod.name,
    description: mod.description,
    params: params.toSorted((a, b) => rank(a) - rank(b)),
    artifacts: Object.entries(mod.artifacts).map(([name, { description }]) => ({ name, description })),
    example: exampleCall(mod, params),
    jsonSchema: { title: mod.name, ...schema, description: mod.description },
  };
}

/** What stands for a parameter in an example, by its name; the same names mean the same in all mods. */
const SAMPLES: Readonly<Record<string, string>> = {
  bootstrap_servers: '"${kafka.bootstrap_servers}"',
  connection: "kafka.artifacts.connection",
  topics: '["${kafka.input_topic}"]',
  topic: '"${kafka.output_topic}"',
  group_id: '"${kafka.consumer_group}"',
  message_processor: "processMessage",
  url: '"${database.url}"',
  table: '"orders"',
  query: '"SELECT * FROM orders"',
  json_string: "message.value",
  data: "rows",
  split_conditions: "{ large: { amount: { gt: 100 } } }",
  columns: '["name"]',
  keys: '{ customer_id: "id" }',
};

/** Parameters that are optional to the schema, for others may stand in their place, but belong into an example. */
const USUAL: readonly string[] = ["table", "data", "url", "query", "keys"];

function exampleCall({ name, artifacts }: Mod, params: readonly ParamDescription[]): string {
  const lines = params.filter((param) => param.required || USUAL.includes(param.name))
    .map((param) => `  ${param.name}: ${SAMPLES[param.name] ?? sampleOf(param)},`);
  const body = lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n}`;
  const result = Object.hasOwn(artifacts, "connection") ? "kafka" : "{ artifacts }"; // the name in the samples
  return `const ${result} = await runMod("${name}", ${body});`;
}

function sampleOf({ type }: ParamDescription): string {
  if (type.startsWith("list")) return "[]";
  if (type.startsWith("object")) return "{}";
  if (type.includes("number")) return "1";
  const [choice] = type.split(" | ");
  return type.includes(" | ") ? JSON.stringify(choice) : '"..."';
}
