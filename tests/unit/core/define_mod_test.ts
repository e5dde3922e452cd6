import assert from "node:assert/strict";
import { z } from "zod";
import { defineMod, type Mod } from "../../../src/core/define_mod.ts";
import { dataParam, metaOf, secretParam } from "../../../src/core/params.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import { Secret } from "../../../src/core/secret.ts";

const modOf = (name: string, params: z.ZodObject = z.strictObject({})): Mod =>
  defineMod({ name, description: "d", params, artifacts: {}, run: () => ({ artifacts: {} }) });

Deno.test("defineMod wants a name in snake_case and a description for each parameter", () => {
  for (const name of ["Kafka", "kafka-consumer", "kafka__x", "_x", "x_", "9x", ""]) {
    assert.throws(() => modOf(name), /a mod's name is snake_case/);
  }
  assert.throws(
    () => modOf("m", z.strictObject({ topic: z.string() })),
    /parameter "topic" has no description/,
  );
  modOf(
    "m",
    z.strictObject({ a: z.string().describe("a").default("x"), b: dataParam(z.string(), "b").optional() }),
  );
});

Deno.test("metaOf looks through optional, default, nullable and pipe", () => {
  const data = dataParam(z.string(), "what it is");
  for (const schema of [data, data.optional(), data.default("x"), data.nullable().optional()]) {
    assert.deepEqual(metaOf(schema), { description: "what it is", data: true });
  }
  assert.equal(metaOf(data.optional().describe("outer wins")).description, "outer wins");
  assert.equal(metaOf(secretParam("s")).secret, true);
});

Deno.test("secretParam makes a Secret of a text, and keeps one", () => {
  const schema = secretParam("s");
  const secret = new Secret("open sesame 3");
  assert.equal(schema.parse(secret), secret);
  assert.equal(schema.parse("open sesame 4")?.reveal(), "open sesame 4");
  assert.equal(schema.parse(undefined), undefined);
});

Deno.test("ModRegistry lists its mods by name", () => {
  const registry = new ModRegistry();
  for (const name of ["c", "a", "b"]) registry.register(modOf(name));
  assert.deepEqual(registry.list().map((mod) => mod.name), ["a", "b", "c"]);
});
