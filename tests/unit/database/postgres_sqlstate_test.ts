import assert from "node:assert/strict";
import { join } from "node:path";
import {
  DATA_ERRORS,
  kindOfSqlState,
  SQLSTATE_CLASSES,
  SQLSTATE_EXCEPTIONS,
} from "../../../src/database/postgres/sqlstate.ts";
import { accountFor } from "../../../src/dev/postgres/account.ts";
import { localPrograms } from "../../../src/dev/postgres/start.ts";
import { systemTools } from "../../../src/dev/shared/tools.ts";
import { BROKER_FOLDER } from "../../support/broker.ts";

/** The server's own list of codes, which lies beside its programs. */
async function ownCodes(): Promise<readonly string[]> {
  const tools = systemTools(BROKER_FOLDER);
  const { folder } = await localPrograms(tools, await accountFor(tools));
  const places = ["../share/postgresql", "../share"].map((place) => join(folder, place, "errcodes.txt"));
  const version = /postgresql\/(\d+)\//.exec(folder)?.[1];
  for (const path of [...places, `/usr/share/postgresql/${version}/errcodes.txt`]) {
    const text = await Deno.readTextFile(path).catch(() => undefined);
    if (text !== undefined) return [...text.matchAll(/^([0-9A-Z]{5}) /gm)].map(([, code = ""]) => code);
  }
  throw new Error(`no errcodes.txt beside ${folder}`);
}

Deno.test("SQLSTATE_CLASSES has every class that the server has, and the exceptions are of codes that it has", async () => {
  const codes = await ownCodes();
  assert.ok(codes.length > 200);
  const classes = new Set(codes.map((code) => code.slice(0, 2)));
  assert.deepEqual([...classes].filter((one) => !Object.hasOwn(SQLSTATE_CLASSES, one)), []);
  const known = Object.keys({ ...SQLSTATE_EXCEPTIONS, ...DATA_ERRORS });
  const younger = ["22030", "22032"]; // of JSON, since PostgreSQL 12 and 16
  assert.deepEqual(known.filter((code) => !codes.includes(code) && !younger.includes(code)), []);
});

const KINDS: Readonly<Record<string, readonly string[]>> = {
  unavailable: [
    ...[
      "40001",
      "40P01",
      "08000",
      "08003",
      "08006",
      "57P01",
      "57P02",
      "57P03",
      "57014",
      "53100",
      "53200",
      "53300",
    ],
    ...["55P03", "55006", "25006", "XX000", "58030", "99999"],
  ],
  permanent: [
    "23502",
    "23503",
    "23505",
    "23514",
    "23P01",
    "22001",
    "22003",
    "22P02",
    "22P05",
    "P0001",
    "21000",
    "44000",
  ],
  configuration: [
    "42P01",
    "42703",
    "42501",
    "42601",
    "42P10",
    "28P01",
    "28000",
    "3D000",
    "3F000",
    "0A000",
    "08P01",
    "57P04",
  ],
};

for (const [kind, codes] of Object.entries(KINDS)) {
  Deno.test(`kindOfSqlState() of ${codes.slice(0, 3).join(", ")} and the like is ${kind}`, () => {
    assert.deepEqual(codes.filter((code) => kindOfSqlState(code) !== kind), []);
  });
}
