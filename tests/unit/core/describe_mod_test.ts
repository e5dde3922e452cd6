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

const one = (schema: ParamSchema) => describe(schema).parameters[0];

Deno.test("describeMod() tells name, description and artifacts", () => {
  const { parameters, ...rest } = describe(z.string());
  assert.deepEqual(rest, {
    name: "a_mod",
    description: "Does a thing.",
    artifacts: [{ name: "data", description: "What it made." }],
  });
  assert.deepEqual(parameters, [{
    name: "it",
    type: "a text",
    required: true,
    default: undefined,
    description: "It.",
    advanced: false,
    secret: false,
    data: false,
    fields: [],
  }]);
});

const TYPES: readonly [ParamSchema, string][] = [
  [z.string(), "a text"],
  [z.boolean(), "a boolean"],
  [z.number().positive(), "a number, more than 0"],
  [z.int().min(1).max(9), "a whole number, at least 1, at most 9"],
  [z.enum(["a", "b"]), 'one of "a", "b"'],
  [z.string().nullable(), "a text or null"],
  [z.union([z.string(), z.boolean()]), "a text or a boolean"],
  [z.array(z.int()), "a list: a whole number"],
  [z.record(z.string(), z.string()), "an object: each value a text"],
  [z.record(z.string(), z.unknown()), "an object: each value anything"],
  [z.custom((value) => value === 1, { error: "expected a one" }), "a one"],
  [z.custom(() => true), "anything"],
  [z.string().meta({ enum: ["x"] }), 'one of "x"'],
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

Deno.test("describeMod() goes into objects and lists of objects", () => {
  const inner = z.strictObject({ name: z.string().meta({ description: "A name." }) });
  for (const schema of [inner, z.array(inner), z.array(inner).optional()]) {
    const fields = one(schema)?.fields;
    assert.deepEqual(fields?.map(({ name, type, description }) => [name, type, description]), [
      ["name", "a text", "A name."],
    ]);
  }
});
