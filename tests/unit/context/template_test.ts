import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTemplate } from "../../../src/context/template.ts";

const keyPart = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
const reference = fc.oneof(
  fc.array(keyPart, { minLength: 1, maxLength: 4 }).map((path) => path.join(".")),
  fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/).map((name) => `env:${name}`),
  fc.stringMatching(/^[a-z/. ]{1,12}$/).map((path) => `file:${path}`),
).map((inside) => `\${${inside}}`);
/** What cannot be taken for a part of a reference, whatever stands beside it. */
const literal = fc.string().map((text) => text.replaceAll("$", "€"));

Deno.test("parseTemplate gives back the text it was made from, and finds each reference", () => {
  fc.assert(fc.property(fc.array(fc.tuple(literal, reference)), literal, (pairs, end) => {
    const text = pairs.flat().join("") + end;
    const parts = parseTemplate(text);
    assert.equal(parts.map((part) => typeof part === "string" ? part : part.text).join(""), text);
    const found = parts.filter((part) => typeof part !== "string").map((part) => part.text);
    assert.deepEqual(found, pairs.map(([, inside]) => inside));
  }));
});

Deno.test("parseTemplate takes any text literally once its ${ are escaped", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("$", "{", "}", "a", ".", ":") }), (text) => {
    assert.deepEqual(parseTemplate(text.replaceAll("${", () => "$${")), [text]);
  }));
});

Deno.test("parseTemplate reads the three kinds of references", () => {
  assert.deepEqual(parseTemplate("${kafka.client-id}"), [
    { kind: "key", text: "${kafka.client-id}", path: ["kafka", "client-id"] },
  ]);
  assert.deepEqual(parseTemplate("${env:HOME}"), [{ kind: "env", text: "${env:HOME}", name: "HOME" }]);
  assert.deepEqual(parseTemplate("${file:/run/secrets/a b}"), [
    { kind: "file", text: "${file:/run/secrets/a b}", path: "/run/secrets/a b" },
  ]);
  assert.deepEqual(parseTemplate(""), [""]);
  assert.deepEqual(parseTemplate("$5 {a} $a }"), ["$5 {a} $a }"]);
});

Deno.test("parseTemplate refuses what looks like a reference and is none", () => {
  const wrong = [
    "${}",
    "${a.}",
    "${.a}",
    "${a b}",
    "${ a.b }",
    "${a.b:-x}",
    "${env:}",
    "${env:A-B}",
    "${file:}",
  ];
  for (const text of [...wrong, "${vault:a}", "${a.${b.c}}"]) {
    assert.throws(
      () => parseTemplate(text),
      /^SyntaxError: .* is not a reference: expected \$\{section\.key\}/,
    );
  }
  assert.throws(() => parseTemplate("a ${b.c"), /^SyntaxError: "\$\{" without its "\}"/);
});
