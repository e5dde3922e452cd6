import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { readLocation } from "../../../src/database/postgres/location.ts";

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .map((text) => text.replaceAll("\0", "").toWellFormed()).filter((text) => text !== "");

Deno.test("readLocation() reads what a url was made of, whatever is in it", () =>
  fc.assert(
    fc.property(word, word, word, fc.integer({ min: 1, max: 65535 }), (user, password, database, port) => {
      const [u, p, d] = [user, password, database].map(encodeURIComponent);
      const location = readLocation(`postgres://${u}:${p}@db.example:${port}/${d}`);
      assert.deepEqual(
        [location.user, location.password?.reveal(), location.host, location.port, location.database],
        [user, password, "db.example", port, database],
      );
      assert.equal(location.name, `postgres://${u}@db.example:${port}/${d}`);
    }),
  ));

Deno.test("readLocation() knows postgresql://, IPv6 and the usual port", () => {
  const { host, port, name } = readLocation("postgresql://me@[::1]/d");
  assert.deepEqual([host, port, name], ["::1", 5432, "postgres://me@[::1]:5432/d"]);
});

Deno.test("readLocation() turns TLS on to every machine but this one", () => {
  const mode = (url: string, options = {}) => readLocation(url, options).tlsMode;
  for (const host of ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"]) {
    assert.equal(mode(`postgres://u@${host}/d`), "disable", host);
    assert.equal(mode(`postgres://u@${host}/d?sslrootcert=ca.pem`), "verify-full", host);
    assert.equal(mode(`postgres://u@${host}/d`, { tlsCa: "ca.pem" }), "verify-full", host);
  }
  for (const host of ["db.example", "localhost.example", "10.0.0.1", "127.example", "[::2]"]) {
    assert.equal(mode(`postgres://u@${host}/d`), "verify-full", host);
    assert.equal(mode(`postgres://u@${host}/d?sslmode=disable`), "disable", host);
  }
  assert.equal(mode("postgres://u@h/d?sslmode=require"), "require");
  assert.equal(mode("postgres://u@h/d?sslmode=require&sslrootcert=x"), "verify-ca");
  assert.equal(mode("postgres://u@h/d?sslmode=require", { tlsMode: "verify-full" }), "verify-full");
});

Deno.test("readLocation() lets options win over the url", () => {
  const options = {
    password: new Secret("from-the-option"),
    connectTimeoutS: 3,
    poolSize: 9,
    statementTimeoutS: 0,
  };
  const location = readLocation(
    "postgres://u:from-the-url@h/d?connect_timeout=7&application_name=mine",
    options,
  );
  assert.equal(location.password?.reveal(), "from-the-option");
  assert.deepEqual(
    [location.connectTimeoutS, location.poolSize, location.statementTimeoutS, location.applicationName],
    [3, 9, 0, "mine"],
  );
  const without = readLocation("postgres://u@h/d?connect_timeout=7");
  assert.deepEqual(
    [without.connectTimeoutS, without.poolSize, without.statementTimeoutS, without.password],
    [7, 4, 60, undefined],
  );
});

const REFUSED: readonly (readonly [url: string, says: RegExp])[] = [
  ["postgres://canary-5157", /names no user/],
  ["postgres://u:canary-5157@/d", /names no host/],
  ["postgres://u:canary-5157@h", /names no database/],
  ["postgres://:canary-5157@h/d", /names no user/],
  ["postgres://u:canary-5157@h:0/d", /port/],
  ["postgres://u:canary-5157@h:99999/d", /port/],
  ["postgres://u:canary-5157@h:pg/d", /port/],
  ["postgres://u:canary-5157@h1,h2/d", /several hosts/],
  ["postgres://u:canary-5157@more@h/d", /cannot be read/],
  ["postgres://u:canary-5157%zz@h/d", /hexadecimal/],
  ["postgres:canary-5157", /cannot be read/],
  ["postgres://u:canary-5157@h/d#x", /cannot be read/],
  ["postgres://u:canary-5157@h/d?sslmod=require", /unknown parameter "sslmod"; did you mean "sslmode"\?/],
  ["postgres://u:canary-5157@h/d?sslmode=prefer", /sslmode=prefer is not supported.*disable, require/],
  ["postgres://u:canary-5157@h/d?sslmode=on", /sslmode must be one of disable/],
  ["postgres://u:canary-5157@h/d?sslcert=x.pem", /needs its key/],
  ["postgres://u:canary-5157@h/d?connect_timeout=soon", /connect_timeout must be a number/],
];

for (const [url, says] of REFUSED) {
  Deno.test(`readLocation() refuses ${url.replace("canary-5157", "...")}, and shows no password`, () => {
    assert.throws(() => readLocation(url), (error: Error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, says);
      assert.ok(!error.message.includes("5157"), error.message);
      return true;
    });
  });
}
