import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { defineMod, type Mod } from "../../../src/core/define_mod.ts";
import { ModError } from "../../../src/core/errors.ts";
import { dataParam, secretParam } from "../../../src/core/params.ts";
import { registerSecret } from "../../../src/core/secret.ts";
import { validateParams } from "../../../src/core/validate.ts";

const mod: Mod = defineMod({
  name: "kafka_consumer",
  description: "Consumes.",
  params: z.strictObject({
    topics: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).describe("t"),
    group_id: z.string().default("g").describe("g"),
    max_retries: z.int().min(0).max(10).default(3).describe("n"),
    rate: z.number().positive().multipleOf(0.5).optional().describe("r"),
    on_error: z.enum(["continue", "retry", "stop"]).optional().describe("e"),
    flush: z.boolean().optional().describe("f"),
    processor: z.custom<() => void>(
      (value) => typeof value === "function",
      "expected a function of one message",
    )
      .optional().describe("p"),
    connection: z.instanceof(Map, { error: "expected the connection of kafka_connector" }).optional()
      .describe("c"),
    url: z.url().optional().describe("u"),
    name: z.string().regex(/^[a-z]+$/).optional().describe("n"),
    password: secretParam("s"),
    additional_config: z.record(z.string(), z.union([z.string(), z.number()])).optional().describe("a"),
    tables: z.array(z.strictObject({ table: z.string(), key_columns: z.array(z.string()).optional() }))
      .optional()
      .describe("t"),
    even: z.number().optional().refine((n) => n === undefined || n % 2 === 0, "it must be even").describe(
      "e",
    ),
    json_string: dataParam(z.string(), "d").optional(),
    rows: dataParam(z.array(z.strictObject({ id: z.number() })), "d").optional(),
  }),
  artifacts: {},
  run: () => ({ artifacts: {} }),
});

function refused(params: unknown): ModError {
  try {
    validateParams(mod, params);
  } catch (error) {
    assert.ok(error instanceof ModError);
    return error;
  }
  throw new Error("it was accepted");
}

type Case = readonly [given: Record<string, unknown>, parameter: string, message: string];

const cases: readonly Case[] = [
  [{}, "topics", 'parameter "topics" is missing: expected a text or an array'],
  [{ topics: 5 }, "topics", 'parameter "topics": expected a text or an array, got 5'],
  [{ topics: [] }, "topics", 'parameter "topics": expected a list of at least 1 item, got an empty array'],
  [{ topics: ["a", 5] }, "topics[1]", 'parameter "topics[1]": expected a text, got 5'],
  [{ max_retries: "3" }, "max_retries", 'parameter "max_retries": expected a number, got "3"'],
  [{ max_retries: 1.5 }, "max_retries", 'parameter "max_retries": expected a whole number, got 1.5'],
  [{ max_retries: -1 }, "max_retries", 'parameter "max_retries": expected at least 0, got -1'],
  [{ max_retries: 11 }, "max_retries", 'parameter "max_retries": expected at most 10, got 11'],
  [{ rate: 0 }, "rate", 'parameter "rate": expected more than 0, got 0'],
  [{ rate: 0.3 }, "rate", 'parameter "rate": expected a multiple of 0.5, got 0.3'],
  [
    { on_error: "skip" },
    "on_error",
    'parameter "on_error": expected one of "continue", "retry", "stop", got "skip"',
  ],
  [{ flush: "yes" }, "flush", 'parameter "flush": expected a boolean, got "yes"'],
  [{ processor: 5 }, "processor", 'parameter "processor": expected a function of one message, got 5'],
  [
    { connection: {} },
    "connection",
    'parameter "connection": expected the connection of kafka_connector, got an object',
  ],
  [{ name: "A" }, "name", 'parameter "name": expected a text that matches /^[a-z]+$/, got "A"'],
  [{ even: 3 }, "even", 'parameter "even": it must be even'],
  [
    { topicz: 1 },
    "topicz",
    'unknown parameter "topicz"; did you mean "topics"? (it takes topics, group_id, ',
  ],
  [
    { tables: [{ tabel: "t" }] },
    "tables[0].tabel",
    'unknown parameter "tabel" in tables[0]; did you mean "table"? (it takes table, key_columns)',
  ],
  [
    { tables: [{ table: "t", key_columns: [1] }] },
    "tables[0].key_columns[0]",
    'parameter "tables[0].key_columns[0]": expected a text, got 1',
  ],
];

for (const [given, parameter, message] of cases) {
  Deno.test(`validateParams refuses ${JSON.stringify(given)}`, () => {
    const whole = Object.hasOwn(given, "topics") || message.includes("is missing")
      ? given
      : { topics: "t", ...given };
    const error = refused(whole);
    assert.equal(error.parameter, parameter);
    assert.equal(error.kind, "configuration");
    assert.ok(error.message.startsWith(`kafka_consumer: ${message}`), error.message);
  });
}

Deno.test("validateParams refuses what is not an object of parameters", () => {
  assert.equal(refused(undefined).message, "kafka_consumer: its parameters: expected an object, got nothing");
  assert.equal(refused([]).message, "kafka_consumer: its parameters: expected an object, got an empty array");
});

Deno.test("validateParams fills in defaults", () => {
  assert.deepEqual(validateParams(mod, { topics: "a" }), { topics: "a", group_id: "g", max_retries: 3 });
});

Deno.test("validateParams: data that does not fit is the message's fault, and permanent", () => {
  assert.deepEqual(
    [refused({ topics: "t", json_string: null })].map((
      { kind, parameter, message },
    ) => [kind, parameter, message]),
    [
      ["permanent", "json_string", 'kafka_consumer: parameter "json_string": expected a text, got null'],
    ],
  );
  assert.equal(refused({ topics: "t", rows: [{ id: 1 }, { id: "x" }] }).parameter, "rows[1].id");
});

Deno.test("validateParams: data that the job does not give at all is the job's fault", () => {
  const needsData = defineMod({
    name: "needs_data",
    description: "d",
    params: z.strictObject({ data: dataParam(z.unknown(), "d"), text: dataParam(z.string(), "d") }),
    artifacts: {},
    run: () => ({ artifacts: {} }),
  });
  const refusal = (params: unknown) => {
    try {
      return validateParams(needsData, params);
    } catch (error) {
      const { kind, message } = error as ModError;
      return `${kind}: ${message}`;
    }
  };
  assert.equal(
    refusal({ text: "x" }),
    'configuration: needs_data: parameter "data" is missing: expected a value',
  );
  assert.equal(
    refusal({ data: 1, text: undefined }),
    'permanent: needs_data: parameter "text" is missing: expected a text',
  );
  assert.equal(
    refusal({ data: 1 }),
    'configuration: needs_data: parameter "text" is missing: expected a text',
  );
});

Deno.test("validateParams: a wrong setting wins over data that does not fit", () => {
  const error = refused({ json_string: null, topics: 5 });
  assert.deepEqual([error.kind, error.parameter], ["configuration", "topics"]);
});

Deno.test("validateParams never shows data, whatever is wrong with it", () => {
  const word = fc.string({ minLength: 6 }).map((text) => `payload${text}`);
  const wrong = fc.oneof(
    word,
    fc.array(word, { minLength: 1 }),
    word.map((text) => [{ id: text }]),
    word.map((text) => [{ id: 1, [text]: text }]),
  );
  fc.assert(fc.property(wrong, (rows) => {
    const { message, kind } = refused({ topics: "t", rows });
    assert.ok(!message.includes("payload"), message);
    assert.equal(kind, "permanent");
  }));
});

Deno.test("validateParams never shows a secret", () => {
  registerSecret("hunter2hunter2");
  const wrong: readonly Record<string, unknown>[] = [
    { password: 5555 },
    { password: ["hunter2hunter2"] },
    { additional_config: { "ssl.key.password": 5555n } },
    { additional_config: { "ssl.key.password": ["hunter2hunter2"] } },
    { url: "not a URL with hunter2hunter2" },
    { name: "postgres://u:other-password@host" },
    { on_error: "hunter2hunter2" },
  ];
  for (const given of wrong) {
    const { message } = refused({ topics: "t", ...given });
    assert.ok(!/hunter2|other-password|5555/.test(message), message);
  }
});

Deno.test("validateParams shows a long setting in part", () => {
  const { message } = refused({ topics: "t", on_error: "x".repeat(1000) });
  assert.ok(message.length < 250, message);
});
