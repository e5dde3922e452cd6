import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import {
  maskSecrets,
  namesSecret,
  redactSecrets,
  registerSecret,
  registerSecretsIn,
  Secret,
} from "../../../src/core/secret.ts";

Deno.test("Secret prints as *** wherever it is printed", () => {
  const text = "open sesame 1";
  const secret = new Secret(text);
  const holder = { password: secret, list: [secret], map: new Map([["k", secret]]) };
  const printed = [
    String(secret),
    `${secret}`,
    "" + secret,
    JSON.stringify(holder),
    Deno.inspect(secret),
    Deno.inspect(holder, { showHidden: true, depth: 9 }),
    inspect(secret),
    inspect(holder, { showHidden: true }),
    new Error(`wrong password ${secret}`).message,
    [secret].join(),
    Object.keys(secret).join(),
  ];
  for (const one of printed) assert.ok(!one.includes("sesame"), one);
  assert.equal(JSON.stringify({ secret }), '{"secret":"***"}');
  assert.equal(Deno.inspect({ secret }), "{ secret: *** }");
  assert.equal(secret.reveal(), text);
});

Deno.test("Secret prints as *** by console.log", () => {
  const written: unknown[] = [];
  const { log } = console;
  console.log = (...args) => written.push(...args.map((arg) => Deno.inspect(arg)));
  try {
    console.log(new Secret("open sesame 2"), { at: new Secret("open sesame 2") });
  } finally {
    console.log = log;
  }
  assert.deepEqual(written, ["***", "{ at: *** }"]);
});

Deno.test("redactSecrets masks a secret as it stands in a text, a URL and a JSON text", () => {
  new Secret('p@ss "w/ö\nrd');
  assert.equal(redactSecrets('login p@ss "w/ö\nrd refused'), "login *** refused");
  assert.equal(redactSecrets(`https://u:${encodeURIComponent('p@ss "w/ö\nrd')}@host`), "https://u:***@host");
  assert.equal(redactSecrets(JSON.stringify({ a: 'p@ss "w/ö\nrd' })), '{"a":"***"}');
});

Deno.test("redactSecrets leaves nothing of any secret, also where one is inside another", () => {
  const secrets = fc.array(fc.string({ minLength: 4, maxLength: 12 }).map((text) => `§${text}§`), {
    minLength: 1,
  });
  fc.assert(
    fc.property(secrets, fc.array(fc.string()), (texts, around) => {
      const nested = texts.map((text, i) => texts.slice(0, i).join("") + text);
      for (const text of nested) registerSecret(text);
      const line = nested.map((text, i) => (around[i] ?? "") + text).join(" ");
      const redacted = redactSecrets(line);
      for (const text of nested) assert.ok(!redacted.includes(text));
    }),
    { numRuns: 30 },
  );
});

Deno.test("redactSecrets masks a secret as a whole that begins with another one", () => {
  new Secret("open sesame");
  new Secret("open sesame and more");
  new Secret("open");
  assert.equal(redactSecrets("<open sesame and more> <open sesame>"), "<***> <***>");
});

Deno.test("redactSecrets leaves short secrets, which would mask ordinary words", () => {
  new Secret("abc");
  new Secret("");
  assert.equal(redactSecrets("the abc of it"), "the abc of it");
});

Deno.test("namesSecret knows a secret by the last word of its name", () => {
  const secret = [
    "kafka.password",
    "PASSWORD",
    "ssl_key_password",
    "KAFKA_SASL_PASSWORD",
    "a.api_key",
    "apiKey",
  ];
  const open = [
    "kafka.username",
    "key",
    "client_key",
    "key_column",
    "password_file",
    "tokens_seen",
    "secretary",
  ];
  assert.deepEqual(secret.filter((name) => !namesSecret(name)), []);
  assert.deepEqual(open.filter(namesSecret), []);
});

Deno.test("registerSecretsIn takes a whole value by its name, and the password of a URL in any", () => {
  registerSecretsIn("kafka.password", "by name alone");
  registerSecretsIn("kafka.username", "not by this name");
  registerSecretsIn("database.url", "postgres://user:p%40ssword1@db:5432/orders");
  assert.equal(redactSecrets("by name alone"), "***");
  assert.equal(redactSecrets("not by this name"), "not by this name");
  assert.equal(redactSecrets("refused: p@ssword1 or p%40ssword1"), "refused: *** or ***");
});

Deno.test("maskSecrets hides the password of a URL that nobody registered", () => {
  assert.equal(maskSecrets("postgres://user:unheard-of@db/x"), "postgres://user:***@db/x");
  assert.equal(maskSecrets("http://host:8080/a@b"), "http://host:8080/a@b");
});
