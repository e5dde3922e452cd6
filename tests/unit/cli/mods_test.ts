import assert from "node:assert/strict";
import { dataParam, secretParam } from "../../../src/core/params.ts";
import { defineMod } from "../../../src/core/define_mod.ts";
import { describeMod } from "../../../src/core/describe_mod.ts";
import type { JsonSchema } from "../../../src/core/json_schema.ts";
import { resolveSettings } from "../../../src/core/settings.ts";
import { validateParams } from "../../../src/core/validate.ts";
import { z } from "../../../src/deps/zod.ts";
import { KafkaConnection } from "../../../src/kafka/connection.ts";
import { MemoryDriver } from "../../../src/kafka/memory/driver.ts";
import { builtins } from "../../../src/mods/builtins.ts";
import { MEMORY_CONNECTION } from "../../support/memory_fixture.ts";
import { datapy } from "./fake_context.ts";

const sample = defineMod({
  name: "sample_mod",
  description: "Shows every kind of parameter.",
  params: z.strictObject({
    rarely: z.int().min(1).max(9).default(3).meta({ description: "Seldom needed.", advanced: true }),
    choice: z.enum(["a", "b"]).default("a").describe("One of two."),
    words: z.array(z.string()).optional().describe("Words."),
    password: secretParam("A password."),
    callback: z.custom<() => void>((value) => typeof value === "function", {
      error: "expected a function ()",
    })
      .describe("Called."),
    rows: dataParam(
      z.custom<object>((value) => typeof value === "object" && value !== null, { error: "expected rows" }),
      "Rows.",
    ),
  }),
  artifacts: {},
  run: () => ({ artifacts: {} }),
});

Deno.test("describeMod() tells type, default, and what is required, advanced, secret or data", () => {
  const { params } = describeMod(sample);
  const plain = { required: false, advanced: false, secret: false, data: false, default: undefined };
  assert.deepEqual(params, [
    { ...plain, name: "callback", type: "a function ()", required: true, description: "Called." },
    { ...plain, name: "rows", type: "rows", required: true, data: true, description: "Rows." },
    { ...plain, name: "choice", type: "a | b", default: '"a"', description: "One of two." },
    { ...plain, name: "words", type: "list of text", description: "Words." },
    { ...plain, name: "password", type: "secret text", secret: true, description: "A password." },
    {
      ...plain,
      name: "rarely",
      type: "whole number, at least 1, at most 9",
      default: "3",
      advanced: true,
      description: "Seldom needed.",
    },
  ]);
});

Deno.test("describeMod() makes a JSON Schema with references, secrets, and what no JSON can hold", () => {
  const { jsonSchema } = describeMod(sample);
  assert.equal(jsonSchema.$schema, "https://json-schema.org/draft/2020-12/schema");
  assert.deepEqual(jsonSchema.required, ["callback", "rows"]);
  assert.equal(jsonSchema.additionalProperties, false);
  const { callback, rows, password, choice, rarely } = jsonSchema.properties!;
  assert.deepEqual(callback, { description: "Called.", $comment: "given in code: a function ()" });
  assert.deepEqual(rows, { description: "Rows.", type: ["array", "object"], $comment: "rows" });
  assert.deepEqual(password, { description: "A password.", type: "string", writeOnly: true });
  const reference = { $ref: "#/$defs/reference" };
  assert.deepEqual(choice, {
    description: "One of two.",
    default: "a",
    anyOf: [{ type: "string", enum: ["a", "b"] }, reference],
  });
  assert.deepEqual(rarely?.anyOf?.[1], reference);
  assert.equal(jsonSchema.$defs?.reference?.type, "string");
});

const KEYWORDS = new Set(
  ("$schema $comment $ref $defs title description type enum const default properties required additionalProperties " +
    "propertyNames items anyOf allOf oneOf not minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength " +
    "minItems maxItems pattern format writeOnly prefixItems uniqueItems").split(" "),
);

/** Every schema within a schema. */
function* within(schema: JsonSchema): Generator<JsonSchema> {
  yield schema;
  const { properties, $defs, items, anyOf, additionalProperties } = schema;
  const inner = [...Object.values(properties ?? {}), ...Object.values($defs ?? {}), ...anyOf ?? []];
  if (items !== undefined) inner.push(items);
  if (typeof additionalProperties === "object") inner.push(additionalProperties);
  for (const one of inner) yield* within(one);
}

for (const mod of builtins) {
  Deno.test(`describeMod() uses only keywords of draft 2020-12 for ${mod.name}`, () => {
    for (const schema of within(describeMod(mod).jsonSchema)) {
      for (const keyword of Object.keys(schema)) assert.ok(KEYWORDS.has(keyword), keyword);
      if (schema.$ref !== undefined) assert.equal(schema.$ref, "#/$defs/reference");
    }
  });

  Deno.test(`describeMod() gives an example of ${mod.name} that the mod takes`, async () => {
    const { example } = describeMod(mod);
    const calls: unknown[] = [];
    const runMod = (name: string, params: Record<string, unknown>) => {
      const settings = resolveSettings(name, mod.params, params, () => "filled-in");
      calls.push(validateParams(mod, settings));
      return { artifacts: {} };
    };
    const connection = new KafkaConnection(MEMORY_CONNECTION, new MemoryDriver());
    const names = {
      runMod,
      kafka: { artifacts: { connection } },
      message: { value: "{}" },
      rows: [{ id: 1 }],
      processMessage: () => ({ status: "success" }),
    };
    await new Function(...Object.keys(names), `return (async () => {\n{ ${example} }\n})()`)(
      ...Object.values(names),
    );
    assert.equal(calls.length, 1);
  });
}

Deno.test("datapy mods describe prints a page, JSON, or a JSON Schema", async () => {
  const of = (...words: string[]) => datapy(["mods", "describe", "sample_mod", ...words], { mods: [sample] });
  const page = await of();
  assert.equal(page.code, 0, page.err);
  assert.match(
    page.out,
    /^sample_mod\nShows every kind of parameter\.\n\nPARAMETERS\n {2}NAME +TYPE +DEFAULT\n/,
  );
  assert.match(page.out, /\n {2}callback +a function \(\) +required\n {6}Called\.\n/);
  assert.match(page.out, /\n {6}Seldom needed\. Advanced\.\n/);
  assert.match(page.out, /\n {6}A password\. Secret: /);
  assert.match(page.out, /\nEXAMPLE\n {2}const \{ artifacts \} = await runMod\("sample_mod", \{\n/);
  const json = await of("--json");
  assert.equal(JSON.parse(json.out).name, "sample_mod");
  const schema = await of("--json-schema");
  assert.equal(JSON.parse(schema.out).title, "sample_mod");
});

Deno.test("datapy mods describe suggests a mod on a typo", async () => {
  const { code, out, err } = await datapy(["mods", "describe", "json_parsr"]);
  assert.deepEqual([code, out], [64, ""]);
  assert.match(
    err,
    /There is no mod "json_parsr"; did you mean "json_parser"\?; "datapy mods list" shows all\n$/,
  );
});
