import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { ConfigurationError, ModError } from "../../../src/core/errors.ts";
import { dataParam, secretParam } from "../../../src/core/params.ts";
import { coerce, type ReferenceResolver, resolveSettings } from "../../../src/core/settings.ts";

const schema = z.strictObject({
  text: z.string().optional().describe("t"),
  count: z.number().default(3).describe("n"),
  flag: z.boolean().nullable().default(null).describe("b"),
  list: z.array(z.string()).optional().describe("l"),
  record: z.record(z.string(), z.number()).optional().describe("r"),
  tables: z.array(z.strictObject({
    table: z.string(),
    limit: z.number().optional(),
    rows: dataParam(z.unknown(), "d"),
  })).optional().describe("t"),
  password: secretParam("s"),
  items: z.array(dataParam(z.string(), "d")).optional().describe("i"),
  data: dataParam(z.unknown(), "d"),
  payload: dataParam(z.string(), "d").optional(),
});

/** Answers with the reference in angle brackets, and remembers where it stood. */
function recording(answers: Record<string, unknown> = {}): { resolve: ReferenceResolver; places: string[] } {
  const places: string[] = [];
  const resolve: ReferenceResolver = (text, place) => {
    places.push(`${place.mod}:${place.parameter}`);
    return Object.hasOwn(answers, text) ? answers[text] : `<${text}>`;
  };
  return { resolve, places };
}

const fill = (params: Record<string, unknown>, answers?: Record<string, unknown>) =>
  resolveSettings("m", schema, params, recording(answers).resolve);

const hostile = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>("${kafka.password}", "${env:HOME}", "$${a}", "${"),
  fc.dictionary(fc.string(), fc.constantFrom("${env:HOME}", "${kafka.password}")),
  fc.array(fc.record({ a: fc.constant("${file:/etc/passwd}") })),
);

Deno.test("resolveSettings hands data on untouched, whatever it holds", () => {
  fc.assert(fc.property(hostile, fc.string(), (data, payload) => {
    const { resolve, places } = recording();
    const given = {
      data,
      payload: `\${${payload}}`,
      items: [payload, "${a.b}"],
      tables: [{ table: "t", rows: data }],
    };
    const filled = resolveSettings("m", schema, given, resolve);
    assert.ok(Object.is(filled["data"], data));
    assert.equal(filled["payload"], `\${${payload}}`);
    assert.deepEqual(filled["items"], [payload, "${a.b}"]);
    const [table] = filled["tables"] as { rows: unknown }[];
    assert.ok(Object.is(table?.rows, data));
    assert.deepEqual(places, []);
  }));
});

Deno.test("resolveSettings leaves settings without a reference as they are, and resolves nothing", () => {
  const settings = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("${"));
  fc.assert(fc.property(fc.dictionary(fc.string(), settings), (given) => {
    const { resolve, places } = recording();
    assert.ok(Object.is(resolveSettings("m", schema, given, resolve), given), "the same object, not a copy");
    assert.deepEqual(places, []);
  }));
});

Deno.test("resolveSettings fills in references at any depth, and says where each stands", () => {
  const { resolve, places } = recording();
  const filled = resolveSettings("m", schema, {
    text: "x ${a.b}",
    list: ["plain", "${a.b}"],
    tables: [{ table: "t", rows: 1 }, { table: "${a.t}", rows: "${a.b}" }],
    record: { "client.id": "${a.b}" },
    unknown: { deep: ["${a.b}"] },
  }, resolve);
  assert.deepEqual(filled, {
    text: "<x ${a.b}>",
    list: ["plain", "<${a.b}>"],
    tables: [{ table: "t", rows: 1 }, { table: "<${a.t}>", rows: "${a.b}" }],
    record: { "client.id": "<${a.b}>" },
    unknown: { deep: ["<${a.b}>"] },
  });
  assert.deepEqual(places, [
    "m:text",
    "m:list[1]",
    "m:tables[1].table",
    "m:record.client.id",
    "m:unknown.deep[0]",
  ]);
});

Deno.test("resolveSettings coerces what came from a reference to the declared type, and keeps other types", () => {
  const answers = { "${a.text}": "5", "${a.true}": "true", "${a.list}": '["a","b"]', "${a.number}": 7 };
  assert.deepEqual(
    fill({
      text: "${a.text}",
      count: "${a.text}",
      flag: "${a.true}",
      list: "${a.list}",
      password: "${a.text}",
    }, answers),
    { text: "5", count: 5, flag: true, list: ["a", "b"], password: "5" },
  );
  assert.deepEqual(
    fill({ tables: [{ table: "t", limit: "${a.text}" }], record: { a: "${a.text}" } }, answers),
    {
      tables: [{ table: "t", limit: 5 }],
      record: { a: 5 },
    },
  );
  assert.deepEqual(fill({ count: "${a.number}", text: "${a.number}" }, answers), { count: 7, text: 7 });
});

Deno.test("resolveSettings keeps instances, functions and keys as they are", () => {
  class Connection {
    readonly name = "${a.b}";
  }
  const connection = new Connection();
  const callback = () => {};
  const given = JSON.parse('{"__proto__": "${a.b}", "${key}": "v"}');
  const filled = fill({ connection, callback, unknown: given, record: { "${key}": "v" } });
  assert.ok(filled["connection"] === connection && filled["callback"] === callback);
  assert.deepEqual(Object.keys(filled["record"] as object), ["${key}"]);
  assert.deepEqual(Object.keys(filled["unknown"] as object), ["__proto__", "${key}"]);
  assert.equal(Object.getPrototypeOf(filled["unknown"]), Object.prototype);
});

Deno.test("resolveSettings names mod, parameter, kind and cause where a reference cannot be filled in", () => {
  const cause = new ConfigurationError("there is no such key");
  const call = () =>
    resolveSettings("kafka_connector", schema, { tables: [{ table: "${a.b}" }] }, () => {
      throw cause;
    });
  assert.throws(call, (error: unknown) => {
    assert.ok(error instanceof ModError);
    assert.deepEqual([error.mod, error.parameter, error.kind, error.cause, error.message], [
      "kafka_connector",
      "tables[0].table",
      "configuration",
      cause,
      "kafka_connector: there is no such key",
    ]);
    return true;
  });
});

Deno.test("coerce makes a number, boolean or list of a text that is one, and leaves any other text", () => {
  const cases: readonly [string, z.ZodType, unknown][] = [
    ["5", z.number(), 5],
    ["-1.5e3", z.number().optional(), -1500],
    ["5 messages", z.number(), "5 messages"],
    ["", z.number(), ""],
    ["Infinity", z.number(), "Infinity"],
    ["true", z.boolean(), true],
    ["yes", z.boolean(), "yes"],
    ["[1,2]", z.array(z.number()).default([]), [1, 2]],
    ["a,b", z.array(z.string()), "a,b"],
    ['{"a":1}', z.record(z.string(), z.number()), { a: 1 }],
    ["5", z.string(), "5"],
    ["5", z.enum(["5", "6"]), "5"],
  ];
  for (const [text, type, expected] of cases) assert.deepEqual(coerce(text, type), expected);
  assert.equal(coerce("5", undefined), "5");
});

Deno.test("resolveSettings() refuses a setting for __proto__, which zod would leave out, and hands on data that has it", () => {
  const proto = JSON.parse('{"__proto__": 1}');
  assert.throws(
    () => fill({ record: proto, data: 1 }),
    (error: Error) =>
      error instanceof ConfigurationError && error.message.startsWith('parameter "record": "__proto__"'),
  );
  assert.deepEqual(fill({ data: proto }), { data: proto });
});
