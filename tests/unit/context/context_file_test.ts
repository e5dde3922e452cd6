import assert from "node:assert/strict";
import fc from "fast-check";
import { readContextFile } from "../../../src/context/context_file.ts";

const read = (text: string, file = "kafka_context.json") =>
  readContextFile(file, { readTextSync: () => text });

function problem(text: string): string {
  try {
    read(text);
  } catch (error) {
    assert.equal((error as Error).name, "ConfigurationError");
    return (error as Error).message;
  }
  throw new Error(`${text} was accepted`);
}

Deno.test("readContextFile reads any JSON object, also behind a byte order mark", () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
    const text = JSON.stringify(values);
    assert.deepEqual(read(text), JSON.parse(text));
    assert.deepEqual(read(`\uFEFF${text}`), JSON.parse(text));
  }));
});

Deno.test("readContextFile names the file, line and column of what is not JSON, and shows nothing of it", () => {
  const cases: readonly [string, string][] = [
    ['{\n  "kafka": {\n    "password": "hunter2"\n    "username": "u"\n  }\n}', "line 4, column 5"],
    ['{"a": hunter2}', "line 1, column 7"],
    ['{"a": "hunter2', "line 1, column 15"],
    ["", "line 1, column 1"],
    ['{"a": 1,}', "line 1, column 9"],
    ['{"a": 1} hunter2', "line 1, column 10"],
  ];
  for (const [text, place] of cases) {
    const message = problem(text);
    assert.ok(
      message.startsWith(
        `Cannot read the context file kafka_context.json: it is not valid JSON at ${place}: expected `,
      ),
      message,
    );
    assert.ok(!message.includes("hunter2"), message);
  }
});

Deno.test("readContextFile wants an object of sections", () => {
  for (const text of ["[]", "5", "null", '"text"']) {
    assert.equal(
      problem(text),
      'Cannot read the context file kafka_context.json: expected an object of sections, such as {"kafka": {...}}',
    );
  }
});

Deno.test("readContextFile says why a file cannot be read, and where a relative path was looked for", () => {
  const missing = (file: string) => () =>
    readContextFile(file, {
      readTextSync() {
        throw new Deno.errors.NotFound("os error 2");
      },
    });
  assert.throws(missing("a.json"), {
    name: "ConfigurationError",
    message:
      "Cannot read the context file a.json: there is no such file (looked for from the folder in which the job was started)",
  });
  assert.throws(missing("/etc/a.json"), /a\.json: there is no such file$/);
});
