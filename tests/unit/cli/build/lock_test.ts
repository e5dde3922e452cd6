import assert from "node:assert/strict";
import fc from "fast-check";
import { type Lock, lockOf } from "../../../../src/cli/build/lock.ts";

const LOCK: Lock = {
  version: "5",
  specifiers: { "npm:pg@8": "8.23.1", "npm:@duckdb/node-api@1": "1.5.5-r.5", "npm:yaml@2": "2.9.1" },
  npm: {
    "pg@8.23.1": { integrity: "a", dependencies: ["pg-pool"], optionalDependencies: ["pg-cloudflare"] },
    "pg-pool@3.14.0_pg@8.23.1": { dependencies: ["pg"] },
    "pg-cloudflare@1.4.1": {},
    "yaml@2.9.1": {},
    "ansi@5.0.0": {},
    "ansi@6.0.0": {},
    "@duckdb/node-api@1.5.5-r.5": { dependencies: ["@duckdb/bindings", "ansi@6.0.0"] },
    "@duckdb/bindings@1.5.5-r.5": {
      optionalDependencies: ["@duckdb/bindings-linux-x64", "@duckdb/bindings-linux-x64-musl"],
    },
    "@duckdb/bindings-linux-x64@1.5.5-r.5": { os: ["linux"] },
    "@duckdb/bindings-linux-x64-musl@1.5.5-r.5": { os: ["linux"] },
  },
  workspace: { dependencies: ["npm:yaml@2"] },
};

Deno.test("lockOf() keeps what a program imports and what that needs, nothing else", () => {
  const { npm, specifiers, workspace } = lockOf(["pg@8.23.1"], LOCK);
  assert.deepEqual(Object.keys(npm ?? {}), ["pg-cloudflare@1.4.1", "pg-pool@3.14.0_pg@8.23.1", "pg@8.23.1"]);
  assert.deepEqual(npm?.["pg@8.23.1"], LOCK.npm?.["pg@8.23.1"]);
  assert.deepEqual(specifiers, { "npm:pg@8": "8.23.1" });
  assert.equal(workspace, undefined);
});

Deno.test("lockOf() takes the version that is named, and no library for musl", () => {
  const { npm } = lockOf(["@duckdb/node-api@1.5.5-r.5"], LOCK);
  assert.deepEqual(Object.keys(npm ?? {}), [
    "@duckdb/bindings-linux-x64@1.5.5-r.5",
    "@duckdb/bindings@1.5.5-r.5",
    "@duckdb/node-api@1.5.5-r.5",
    "ansi@6.0.0",
  ]);
  assert.deepEqual(npm?.["@duckdb/bindings@1.5.5-r.5"]?.optionalDependencies, ["@duckdb/bindings-linux-x64"]);
});

Deno.test("lockOf() is closed: all that is left is reached from its roots, and nothing is missing", () => {
  const name = fc.constantFrom("a", "b", "c", "d", "e", "f");
  const packages = fc.dictionary(name, fc.uniqueArray(name), { minKeys: 1 });
  fc.assert(fc.property(packages, fc.uniqueArray(name), (needs, roots) => {
    const known = (one: string) => Object.hasOwn(needs, one);
    const npm = Object.fromEntries(
      Object.entries(needs).map(([one, needed]) => [`${one}@1.0.0`, { dependencies: needed.filter(known) }]),
    );
    const left = Object.keys(lockOf(roots.map((one) => `${one}@1.0.0`), { version: "5", npm }).npm ?? {});
    const reached = new Set(roots.filter(known));
    for (const one of reached) for (const next of needs[one] ?? []) if (known(next)) reached.add(next);
    assert.deepEqual(left, [...reached].sort().map((one) => `${one}@1.0.0`));
  }));
});
