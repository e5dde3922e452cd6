import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../../../src/core/secret.ts";
import { SECURITY_PROTOCOLS } from "../../../src/kafka/connection.ts";
import { checkSecurity, type SecurityParams, usesSasl, usesTls } from "../../../src/kafka/security.ts";

const maybe = <T>(value: T) => fc.constantFrom(undefined, value);
const params: fc.Arbitrary<SecurityParams> = fc.record({
  security_protocol: fc.constantFrom(...SECURITY_PROTOCOLS),
  sasl_mechanism: fc.constant("PLAIN" as const),
  sasl_username: fc.constantFrom(undefined, "", "alice"),
  sasl_password: fc.constantFrom(undefined, new Secret(""), new Secret("alice-secret")),
  ssl_ca_location: maybe("ca.pem"),
  ssl_cert_location: maybe("cert.pem"),
  ssl_key_location: maybe("key.pem"),
  ssl_key_password: maybe(new Secret("key-secret")),
});

/** The rules once more, in one expression. */
function fits(given: SecurityParams): boolean {
  const login = Boolean(given.sasl_username) && Boolean(given.sasl_password?.reveal());
  const partOfLogin = Boolean(given.sasl_username) || Boolean(given.sasl_password?.reveal());
  const { ssl_ca_location: ca, ssl_cert_location: cert, ssl_key_location: key, ssl_key_password: password } =
    given;
  const anyTls = [ca, cert, key, password].some((one) => one !== undefined);
  return (usesSasl(given.security_protocol) ? login : !partOfLogin) &&
    (usesTls(given.security_protocol) ? (cert === undefined) === (key === undefined) : !anyTls) &&
    (password === undefined || key !== undefined);
}

Deno.test("checkSecurity() takes exactly what does not contradict itself", () =>
  fc.assert(
    fc.property(params, (given) => {
      if (!fits(given)) {
        return assert.throws(() => checkSecurity(given), {
          name: "ConfigurationError",
          message: /^parameter "s\w+" is /,
        });
      }
      const sasl = checkSecurity(given);
      assert.equal(sasl !== undefined, usesSasl(given.security_protocol));
      assert.equal(sasl?.username, usesSasl(given.security_protocol) ? "alice" : undefined);
    }),
    { numRuns: 500 },
  ));

Deno.test("checkSecurity() says what is missing, and what to set instead", () => {
  const bare: SecurityParams = {
    security_protocol: "SASL_SSL",
    sasl_mechanism: "PLAIN",
    sasl_username: undefined,
    sasl_password: undefined,
    ssl_ca_location: undefined,
    ssl_cert_location: undefined,
    ssl_key_location: undefined,
    ssl_key_password: undefined,
  };
  const message = (given: Partial<SecurityParams>, pattern: RegExp) =>
    assert.throws(() => checkSecurity({ ...bare, ...given }), { message: pattern });
  message({}, /"sasl_username" is missing: security_protocol SASL_SSL logs in/);
  message({ sasl_username: "a" }, /"sasl_password" is missing/);
  message(
    { security_protocol: "SSL", sasl_username: "a" },
    /does not log in: set security_protocol to SASL_SSL, or/,
  );
  message(
    { security_protocol: "PLAINTEXT", ssl_ca_location: "x" },
    /does not use TLS: set security_protocol to SSL, or/,
  );
  message(
    { security_protocol: "SSL", ssl_cert_location: "x" },
    /"ssl_key_location" is missing: ssl_cert_location is given/,
  );
  message({ security_protocol: "SSL", ssl_key_location: "x" }, /"ssl_cert_location" is missing/);
});
