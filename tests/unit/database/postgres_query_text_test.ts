import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigurationError, PermanentError } from "../../../src/core/errors.ts";
import { queryNames, readQuery } from "../../../src/database/query_text.ts";
import { queryValues } from "../../../src/database/postgres/query_values.ts";

const read = (sql: string) => {
  const { sql: text, names } = readQuery(sql);
  return [text, names];
};

Deno.test("readQuery() numbers names, each once, and leaves positions", () => {
  assert.deepEqual(read("SELECT $a, $b_1, $a::int, $ü"), ["SELECT $1, $2, $1::int, $3", ["a", "b_1", "ü"]]);
  assert.deepEqual(read("SELECT $2, $1"), ["SELECT $2, $1", ["1", "2"]]);
  assert.deepEqual(read("SELECT 1"), ["SELECT 1", []]);
});

const LEFT_ALONE = [
  "'$a'",
  "'it''s $a'",
  "E'\\'$a'",
  "e'\\\\' || '$a'",
  '"$a"',
  '"a""$a"',
  "-- $a\n",
  "/* $a */",
  "/* /* $a */ $a */",
  "$$ $a $$",
  "$body$ $a $$ $b $body$",
  "a$a",
  "'unended $a",
  "/* unended $a",
  "$x$ unended $a",
];

for (const part of LEFT_ALONE) {
  Deno.test(`readQuery() finds no value in ${JSON.stringify(part)}`, () => {
    assert.deepEqual(read(`SELECT ${part}`), [`SELECT ${part}`, []]);
  });
}

Deno.test("readQuery() finds what stands between comments and texts, wherever they stand", () =>
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...LEFT_ALONE.filter((part) => !part.includes("unended")))),
      (parts) => {
        const expected = `SELECT ${parts.map((part) => `${part} + $1`).join(" ")}`;
        const [sql, names] = read(expected.replaceAll("+ $1", "+ $name"));
        assert.equal(sql, expected);
        assert.deepEqual(names, parts.length === 0 ? [] : ["name"]);
      },
    ),
  ));

Deno.test("readQuery() tells the first word past comments and brackets", () => {
  const first = (sql: string) => readQuery(sql).firstWord;
  assert.deepEqual(
    ["SELECT 1", " -- x\n /* y */ (select 1)", "", "/* a", '"a"', "$1"].map(first),
    ["SELECT", "select", "", "", "", ""],
  );
});

Deno.test("queryNames() finds the values of a query, and not what stands in texts, names and comments", () => {
  const cases: [sql: string, names: string[]][] = [
    ["SELECT * FROM t WHERE a = $id AND b = $Name_2 OR c = $id", ["id", "Name_2"]],
    ["SELECT '$a', 'it''s $b', \"$c\"\"$d\" FROM t -- $e\nWHERE x = $f /* $g\n$h */", ["f"]],
    ["SELECT $$ $a $$, $tag$ $b $c$ $tag$, $d, $d", ["d"]],
    ["SELECT a$b, $1, cost$, x::text, $é", ["é"]],
    ["SELECT '$a", []],
    ["($a,$b)", ["a", "b"]],
    ["$a::bigint", ["a"]],
    ["", []],
  ];
  for (const [sql, names] of cases) assert.deepEqual(queryNames(sql), names, sql);
});

const values = (sql: string, given: readonly unknown[] | Readonly<Record<string, unknown>>) =>
  queryValues(readQuery(sql), given);

Deno.test("queryValues() makes texts of values, in the order of their positions", () => {
  const when = new Date("2024-02-29T10:11:12.5Z");
  const given = {
    a: 1n,
    b: null,
    c: true,
    d: 0.1,
    e: when,
    f: new Uint8Array([0, 255]),
    g: [1, null, 'q"'],
    h: { x: 1n },
  };
  assert.deepEqual(values("$a $b $c $d $e $f $g $h", given), [
    "1",
    null,
    "true",
    "0.1",
    "2024-02-29T10:11:12.500Z",
    "\\x00ff",
    '{"1",NULL,"q\\""}',
    '{"x":1}',
  ]);
});

Deno.test("queryValues() refuses what is missing, too much, or no value, by its name", () => {
  const refused = (
    sql: string,
    given: readonly unknown[] | Readonly<Record<string, unknown>>,
    says: RegExp,
    kind = ConfigurationError,
  ) =>
    assert.throws(
      () => values(sql, given),
      (error: Error) => error instanceof kind && says.test(error.message),
    );
  refused("$idd", { id: 1 }, /\$idd, which the values do not have; did you mean "id"/);
  refused("$a", [1], /\$a, but its values are a list/);
  refused("$1", { a: 1 }, /\$1, but its values have names/);
  refused("$1 $2", [1], /2 places for values, 1 values were given/);
  refused("$a", { a: undefined }, /value \$a of the query: it is undefined/, PermanentError);
  refused("$a", { a: "x\0" }, /value \$a of the query: .*NUL/, PermanentError);
  refused("$a", { a: () => 1 }, /value \$a of the query: a function/, PermanentError);
});
