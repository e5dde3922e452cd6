import assert from "node:assert/strict";
import fc from "fast-check";
import { kindOf } from "../../../src/core/errors.ts";
import { compileJsonPath, type JsonStep, parseJsonPath, valueAt } from "../../../src/core/json_path.ts";

const store = {
  book: [
    { title: "A", price: 8.95, isbn: "1" },
    { title: "B", price: 12.99 },
    { title: "C", price: 22.99, isbn: null },
  ],
  bicycle: { color: "red", price: 399 },
  "a.b": { "": 1 },
};

Deno.test("compileJsonPath() finds what RFC 9535 says, in its order", () => {
  const cases: [path: string, found: unknown[]][] = [
    ["$", [store]],
    ["$.bicycle.color", ["red"]],
    ["$['a.b']['']", [1]],
    ["$.book[0].title", ["A"]],
    ["$.book[-1].title", ["C"]],
    ["$.book[-4]", []],
    ["$.book[3]", []],
    ["$.book.length", []],
    ["$.bicycle.color[0]", []],
    ["$.book[*].title", ["A", "B", "C"]],
    ["$.bicycle.*", ["red", 399]],
    ["$.book[0,0].title", ["A", "A"]],
    ["$.book[1:].title", ["B", "C"]],
    ["$.book[::-1].title", ["C", "B", "A"]],
    ["$..price", [8.95, 12.99, 22.99, 399]],
    ["$.book[?@.isbn].title", ["A", "C"]],
    ["$.book[?@.isbn == null].title", ["C"]],
    ["$.book[?@.price > 10 && @.title != 'C'].title", ["B"]],
    ["$.book[?length(@.title) == 1 && match(@.title, '[AB]')].title", ["A", "B"]],
    ["$[?count(@.*) == 3].*.title", ["A", "B", "C"]],
    ["$.nothing[*]", []],
    ["$.bicycle.color[*]", []],
  ];
  for (const [path, found] of cases) assert.deepEqual(compileJsonPath(path)(store), found, path);
});

Deno.test("compileJsonPath() sees own keys only", () => {
  const hostile = JSON.parse('{"__proto__":{"x":1},"list":[1]}');
  assert.deepEqual(compileJsonPath("$.__proto__.x")(hostile), [1]);
  assert.deepEqual(compileJsonPath("$..x")(hostile), [1]);
  for (const path of ["$.constructor", "$.toString.name", "$.list.length", "$.list['0']", "$.list.at"]) {
    assert.deepEqual(compileJsonPath(path)(hostile), [], path);
  }
  for (const value of [null, undefined, 5, "text", true]) {
    assert.deepEqual(compileJsonPath("$.length")(value), []);
  }
});

Deno.test("compileJsonPath() compares numbers as doubles, as the RFC has it", () => {
  assert.deepEqual(compileJsonPath("$[?@ == 9007199254740993]")([9007199254740992, 5]), [9007199254740992]);
});

Deno.test("parseJsonPath() says where a path is wrong, and calls it the job's fault", () => {
  const cases: [path: string, place: RegExp][] = [
    ["", /begins with \$/],
    ["order_id", /expected '\$', found 'o', at character 1/],
    ["$.lines[", /"\$\.lines\[" is not a JSONPath \(RFC 9535\): .*, at character 9/],
    ["$.lines[?@.x = 1]", /'=', at character 14/],
    ["$.a[?unknown(@)]", /no such function 'unknown', at character/],
    ["$.a[?match(@.b)]", /takes 2 arguments/],
    ["$[9007199254740992]", /at character/],
    [" $.a", /at character 1/],
  ];
  for (const [path, place] of cases) {
    assert.throws(() => parseJsonPath(path), (error: Error) => {
      assert.match(error.message, place);
      return kindOf(error) === "configuration";
    });
  }
});

Deno.test("parseJsonPath() reads a text once, and knows which paths give one value", () => {
  assert.equal(parseJsonPath("$.once.only"), parseJsonPath("$.once.only"));
  assert.ok(parseJsonPath("$['a'][0].b").isSingular);
  assert.ok(!parseJsonPath("$.a[*]").isSingular);
  assert.equal(parseJsonPath("$.a[1]['b'][*]").holder?.isSingular, true);
  for (const path of ["$..*", "$..[*]", "$.a[*,*]", "$[*][*]", "$.a"]) {
    assert.equal(parseJsonPath(path).holder, undefined, path);
  }
});

Deno.test("JsonPath.locate() bounds what a path gives", () => {
  const list = Array.from({ length: 100 }, (_, i) => [i]);
  for (const path of ["$[*]", "$[*][*]", "$..*", "$[?@[0] >= 0]"]) {
    assert.throws(() => compileJsonPath(path, 99)(list), (error: Error) => {
      assert.match(error.message, /gives more than 99 values/);
      return kindOf(error) === "permanent";
    });
  }
  assert.equal(compileJsonPath("$[*]", 100)(list).length, 100);
});

Deno.test("JsonPath.locate() searches as deep as json_parser reads, and refuses what is deeper", () => {
  const nested = (levels: number) => {
    let value: unknown = 1;
    for (let i = 0; i < levels; i++) value = { a: value };
    return value;
  };
  assert.equal(compileJsonPath("$..a")(nested(500)).length, 500);
  assert.throws(() => compileJsonPath("$..a")(nested(5000)), /nested too deeply/);
});

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.constant(null),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "b", "__proto__", "0", "'", "\\"), tie("tree"), { maxKeys: 4 }),
  ),
}));

/** The way to each value in a value, itself included: what `$` and `$..*` give, found without a path. */
function ways(value: unknown, way: readonly JsonStep[] = []): (readonly JsonStep[])[] {
  if (typeof value !== "object" || value === null) return [way];
  const keys: JsonStep[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [way, ...keys.flatMap((key) => ways((value as Record<JsonStep, unknown>)[key], [...way, key]))];
}

/** RFC 9535's normalized path. */
function normalized(way: readonly JsonStep[]): string {
  const name = (step: string) => `'${step.replace(/['\\]/g, "\\$&")}'`;
  return `$${way.map((step) => `[${typeof step === "number" ? step : name(step)}]`).join("")}`;
}

Deno.test("JsonPath.locate() and valueAt() lead to every value by its normalized path", () =>
  fc.assert(fc.property(tree, (value) => {
    for (const way of ways(value)) {
      assert.deepEqual(parseJsonPath(normalized(way)).locate(value, 1), [way]);
      assert.equal(compileJsonPath(normalized(way))(value)[0], valueAt(value, way));
    }
  })));

Deno.test("JsonPath.locate() finds elements by its short way as by the library's", () =>
  fc.assert(fc.property(tree, (value) => {
    for (const way of ways(value)) {
      const short = parseJsonPath(`${normalized(way)}[*]`);
      const long = parseJsonPath(`${normalized(way)}[*,9999999]`); // the second selector never fits
      assert.ok(short.holder !== undefined && long.holder === undefined);
      assert.deepEqual(short.locate(value, 1000), long.locate(value, 1000));
    }
  })));
