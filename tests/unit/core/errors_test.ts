import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ConfigurationError,
  type ErrorKind,
  errorText,
  kindOf,
  ModError,
  PermanentError,
  RecordError,
  strongerKind,
  UnavailableError,
} from "../../../src/core/errors.ts";

const KINDS: readonly ErrorKind[] = ["record", "permanent", "unavailable", "configuration"];

/** An error of a kind, or one that says nothing about it, as a user would throw it. */
const errorOf: Record<ErrorKind | "none", (cause: unknown) => Error> = {
  record: (cause) => new RecordError("record", { cause }),
  permanent: (cause) => new PermanentError("permanent", { cause }),
  unavailable: (cause) => new UnavailableError("unavailable", { cause }),
  configuration: (cause) => new ConfigurationError("configuration", { cause }),
  none: (cause) => new TypeError("none", { cause }),
};

const links = fc.array(fc.constantFrom(...KINDS, "none" as const));
const strongest = (chain: readonly (ErrorKind | "none")[]): ErrorKind =>
  chain.reduce<ErrorKind>((kind, next) => next === "none" ? kind : strongerKind(kind, next), "record");

Deno.test("kindOf is the strongest kind along the chain of causes, in whatever order it lies", () => {
  fc.assert(fc.property(links, (chain) => {
    const error = chain.reduceRight<unknown>((cause, kind) => errorOf[kind](cause), undefined);
    assert.equal(kindOf(error), strongest(chain));
  }));
});

Deno.test("kindOf is never weakened by wrapping an error", () => {
  fc.assert(fc.property(links, fc.constantFrom(...KINDS, "none" as const), (chain, wrapper) => {
    const inner = chain.reduceRight<unknown>((cause, kind) => errorOf[kind](cause), undefined);
    const outer = errorOf[wrapper](inner);
    assert.equal(kindOf(outer), strongerKind(kindOf(inner), kindOf(errorOf[wrapper](undefined))));
    assert.equal(kindOf(new AggregateError([new Error("x"), inner])), kindOf(inner));
    assert.equal(kindOf(new ModError("m", "failed", { kind: kindOf(inner), cause: inner })), kindOf(inner));
  }));
});

Deno.test("kindOf ends where causes lead in a circle, or deep down", () => {
  const one = new Error("one");
  const other = new UnavailableError("other", { cause: one });
  one.cause = other;
  assert.equal(kindOf(one), "unavailable");
  assert.equal(errorText(one), "one: other");

  const self = new AggregateError([], "self");
  self.errors.push(self, new ConfigurationError("inside"));
  assert.equal(kindOf(self), "configuration");

  let deep: Error = new ConfigurationError("the bottom");
  for (let i = 0; i < 100_000; i++) deep = new Error("deeper", { cause: deep });
  assert.equal(kindOf(deep), "configuration");
});

Deno.test("kindOf takes what is not an Error, and names it does not know, for record errors", () => {
  for (const thrown of [undefined, null, "text", 5, { kind: "configuration" }, Symbol("s")]) {
    assert.equal(kindOf(thrown), "record");
  }
  for (const name of ["constructor", "toString", "__proto__"]) {
    assert.equal(kindOf(Object.assign(new Error("x"), { name })), "record");
  }
});

Deno.test("kindOf knows our errors by name, where their class was loaded twice", () => {
  assert.equal(kindOf(Object.assign(new Error("x"), { name: "PartitionsLostError" })), "unavailable");
});

Deno.test("errorText says each text once, outermost first", () => {
  const inner = new Error("connection refused");
  assert.equal(
    errorText(new Error("Cannot connect", { cause: inner })),
    "Cannot connect: connection refused",
  );
  assert.equal(
    errorText(new Error("Cannot connect: connection refused", { cause: inner })),
    "Cannot connect: connection refused",
  );
  assert.equal(
    errorText(new AggregateError([inner, new Error("timed out")])),
    "connection refused: timed out",
  );
  assert.equal(errorText(new TypeError("")), "TypeError");
  assert.equal(errorText("a text"), "a text");
});

Deno.test("errorText of anything thrown is a text, and holds nothing of a thrown object", () => {
  assert.equal(errorText(undefined), "undefined was thrown");
  assert.equal(errorText({ card: "4111" }), "an object that is not an Error");
  assert.equal(errorText({ message: "of a library" }), "of a library");
  fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (thrown) => {
    assert.ok(errorText(thrown).length > 0);
  }));
});
