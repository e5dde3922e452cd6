import assert from "node:assert/strict";
import { z } from "../../../src/deps/zod.ts";
import { artifact, defineMod } from "../../../src/core/define_mod.ts";
import { describeMod } from "../../../src/core/describe_mod.ts";
import { dataParam, type ParamSchema, rowsSchema, secretParam } from "../../../src/core/params.ts";

function describe(schema: ParamSchema) {
  const mod = defineMod({
    name: "a_mod",
    description: "Does a thing.",
    params: z.strictObject({ it: schema.meta({ ...schema.meta(), description: "It." }) }),
    artifacts: { data: artifact<string>("What it made.") },
    run: () => ({ artifacts: { data: "" } }),
  });
  return describeMod(mod);
}

const one = (schema: ParamSchema) => describe(schema).params[0];

Deno.test("describeMod() tells name, description, artifacts and an example", () => {
  const { params, jsonSchema, ...rest } = describe(z.string());
  assert.deepEqual(rest, {
    name: "a_mod",
    description: "Does a thing.",
    artifacts: [{ name: "data", description: "What it made." }],
    example: 'const { artifacts } = await runMod("a_mod", {\n  it: "...",\n});',
  });
  assert.deepEqual([jsonSchema.title, jsonSchema.required], ["a_mod", ["it"]]);
  assert.deepEqual(params, [{
    name: "it",
    type: "text",
    required: true,
    default: undefined,
    description: "It.",
    advanced: false,
    secret: false,
    data: false,
  }]);
});

const TYPES: readonly [ParamSchema, string][] = [
  [z.string(), "text"],
  [z.boolean(), "true | false"],
  [z.number().positive(), "number, more than 0"],
  [z.int().min(1).max(9), "whole number, at least 1, at most 9"],
  [z.enum(["a", "b"]), "a | b"],
  [z.string().nullable(), "text or null"],
  [z.union([z.string(), z.boolean()]), "text or true | false"],
  [z.array(z.int()), "list of whole number"],
  [z.record(z.string(), z.string()), "object of text"],
  [z.record(z.string(), z.unknown()), "object"],
  [z.custom((value) => value === 1, { error: "expected a one" }), "a one"],
  [z.custom(() => true), "any value"],
  [z.string().meta({ enum: ["x"] }), "x"],
  [rowsSchema, "an object, a list of objects, or a DuckDB result"],
];

for (const [schema, type] of TYPES) {
  Deno.test(`describeMod() tells the type ${type}`, () => {
    assert.equal(one(schema)?.type, type);
    assert.equal(one(schema.optional())?.type, type);
  });
}

Deno.test("describeMod() tells what may be left out, and what counts then", () => {
  const facts = (schema: ParamSchema) => [one(schema)?.required, one(schema)?.default];
  assert.deepEqual(facts(z.string()), [true, undefined]);
  assert.deepEqual(facts(z.string().optional()), [false, undefined]);
  assert.deepEqual(facts(z.string().default("x")), [false, '"x"']);
  assert.deepEqual(facts(z.string().nullable().default(null)), [false, "null"]);
  assert.deepEqual(facts(z.array(z.int()).readonly().default([1])), [false, "[1]"]);
});

Deno.test("describeMod() tells what is secret, data, or advanced", () => {
  assert.equal(one(secretParam("It."))?.secret, true);
  assert.equal(one(dataParam(z.string(), "It."))?.data, true);
  assert.equal(one(z.string().meta({ advanced: true }))?.advanced, true);
});
