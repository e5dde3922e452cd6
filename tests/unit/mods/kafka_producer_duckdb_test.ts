import { DuckDBInstance } from "@duckdb/node-api";
import assert from "node:assert/strict";
import { encodeText } from "../../../src/kafka/encode.ts";
import { type OutgoingSettings, toOutgoing } from "../../../src/kafka/outgoing.ts";

const SETTINGS: OutgoingSettings = {
  valueFormat: "json",
  valueColumn: undefined,
  keyColumn: undefined,
  keyValue: undefined,
  headers: [],
};

async function query(sql: string) {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    return await connection.runAndReadAll(sql);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const decoder = new TextDecoder();

Deno.test("toOutgoing() writes DuckDB's values exactly", async () => {
  const rows = await query(`SELECT 12.50::DECIMAL(10,2) AS price, 9007199254740993::BIGINT AS big,
    170141183460469231731687303715884105727::HUGEINT AS huge, DATE '2024-02-29' AS day,
    TIMESTAMP '2024-02-29 12:34:56.789' AS at, [1, NULL, 3] AS list, {'a': 1.10::DECIMAL(4,2), 'b': [true]} AS struct,
    MAP {'k': 9007199254740993::BIGINT} AS map, 'ab'::BLOB AS blob, NULL AS nothing, 'ä' AS text,
    'b8e4c4c4-0000-4000-8000-000000000001'::UUID AS id, INTERVAL 3 DAY AS wait, 0.5::DOUBLE AS half,
    union_value(n := 9007199254740993::BIGINT) AS u, [1, 2]::INTEGER[2] AS pair`);
  const [record] = toOutgoing(rows, SETTINGS);
  assert.equal(
    decoder.decode(record?.value ?? undefined),
    '{"price":"12.50","big":9007199254740993,"huge":170141183460469231731687303715884105727,"day":"2024-02-29",' +
      '"at":"2024-02-29 12:34:56.789","list":[1,null,3],"struct":{"a":"1.10","b":[true]},' +
      '"map":{"k":9007199254740993},"blob":"YWI=","nothing":null,"text":"ä",' +
      '"id":"b8e4c4c4-0000-4000-8000-000000000001","wait":"3 days","half":0.5,"u":9007199254740993,"pair":[1,2]}',
  );
});

Deno.test("toOutgoing() takes keys from DuckDB's simple values, and refuses the others", async () => {
  const rows = await query("SELECT 12.50::DECIMAL(10,2) AS price, 'ab'::BLOB AS blob, [1] AS list");
  const key = (column: string) => toOutgoing(rows, { ...SETTINGS, keyColumn: column })[0]?.key ?? undefined;
  assert.equal(decoder.decode(key("price")), "12.50");
  assert.equal(decoder.decode(key("blob")), "ab");
  assert.throws(() => key("list"), /data\.list is a DuckDBListValue: expected a text/);
  assert.throws(() => encodeText(rows.getRowObjects()[0]?.blob, "blob"), /blob is a DuckDBBlobValue/);
});

Deno.test("toOutgoing() refuses NaN within a DuckDB list, by its column", async () => {
  const rows = await query("SELECT ['nan'::DOUBLE] AS list");
  assert.throws(() => toOutgoing(rows, SETTINGS), /^PermanentError: data\.list is NaN/);
});
