import assert from "node:assert/strict";
import { kindOf } from "../../../src/core/errors.ts";
import { connectError } from "../../../src/database/postgres/connect_error.ts";
import { readLocation } from "../../../src/database/postgres/location.ts";

const coded = (message: string, code?: string, more: Record<string, unknown> = {}) =>
  Object.assign(new Error(message), code === undefined ? {} : { code }, more);
const server = (code: string, message: string) => coded(message, code, { severity: "FATAL" });

const CASES: readonly (readonly [error: Error, kind: string, says: RegExp])[] = [
  [
    server("28P01", 'password authentication failed for user "u"'),
    "configuration",
    /authentication failed.*28P01/,
  ],
  [server("28000", "no pg_hba.conf entry for host"), "configuration", /no pg_hba.conf entry/],
  [server("3D000", 'database "d" does not exist'), "configuration", /3D000/],
  [
    server("53300", "sorry, too many clients already"),
    "unavailable",
    /too many clients already \(SQLSTATE 53300\)/,
  ],
  [server("57P03", "the database system is starting up"), "unavailable", /starting up/],
  [coded("connect ECONNREFUSED", "ECONNREFUSED"), "unavailable", /nothing listens at port 6000 of db/],
  [coded("getaddrinfo ENOTFOUND db", "ENOTFOUND"), "unavailable", /there is no host db/],
  [coded("getaddrinfo EPERM db", "EPERM"), "configuration", /--allow-net=db:6000/],
  [coded("timeout expired"), "unavailable", /no answer within 10 s/],
  [coded("Connection terminated unexpectedly"), "unavailable", /closed before the login/],
  [coded("The server does not support SSL connections"), "configuration", /has no TLS/],
  [
    coded("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"),
    "configuration",
    /asks for a password/,
  ],
  // OpenSSL's words, from Deno 2.9 on
  [
    coded("self-signed certificate in certificate chain", "SELF_SIGNED_CERT_IN_CHAIN"),
    "configuration",
    /not trusted/,
  ],
  [coded("unable to verify", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "configuration", /not trusted/],
  [
    coded("Hostname/IP does not match certificate's altnames", "ERR_TLS_CERT_ALTNAME_INVALID"),
    "configuration",
    /another host/,
  ],
  [coded("certificate has expired", "CERT_HAS_EXPIRED"), "configuration", /has expired/],
  // rustls's words, before
  [coded("invalid peer certificate: UnknownIssuer"), "configuration", /not trusted/],
  [coded("invalid peer certificate: certificate not valid for name"), "configuration", /another host/],
  [coded("invalid peer certificate: certificate expired: verification time"), "configuration", /has expired/],
  [coded("something that nobody knows"), "unavailable", /something that nobody knows/],
];

for (const [error, kind, says] of CASES) {
  Deno.test(`connectError() of "${error.message}" is ${kind}`, () => {
    const result = connectError(error, readLocation("postgres://u:canary-5157@db:6000/d"));
    assert.equal(kindOf(result), kind, result.message);
    assert.match(result.message, /^Cannot connect to postgres:\/\/u@db:6000\/d: /);
    assert.match(result.message, says);
    assert.ok(!Deno.inspect(result).includes("5157"));
  });
}
