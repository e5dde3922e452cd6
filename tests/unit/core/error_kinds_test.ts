import assert from "node:assert/strict";
import { ERROR_KINDS } from "../../../src/core/errors.ts";

const ROOT = new URL("../../../src/", import.meta.url);

function* sources(folder: URL): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    if (entry.isDirectory) yield* sources(new URL(`${entry.name}/`, folder));
    else if (entry.name.endsWith(".ts")) yield Deno.readTextFileSync(new URL(entry.name, folder));
  }
}

Deno.test("ERROR_KINDS has each error class of src, unless it extends one of ours, and no other", () => {
  const defined = new Map<string, string>();
  for (const text of sources(ROOT)) {
    for (const [, name = "", parent = ""] of text.matchAll(/^(?:export )?class (\w+Error) extends (\w+)/gm)) {
      defined.set(name, parent);
    }
  }
  assert.ok(defined.size >= 6, "the search finds no classes");
  const inherits = (name: string) => {
    const parent = defined.get(name);
    return parent !== undefined && parent in ERROR_KINDS;
  };
  const missing = [...defined.keys()].filter((name) => !Object.hasOwn(ERROR_KINDS, name) && !inherits(name));
  assert.deepEqual(missing, [], "add their kinds to ERROR_KINDS in src/core/errors.ts");
  const unknown = Object.keys(ERROR_KINDS).filter((name) => !defined.has(name));
  assert.deepEqual(unknown, [], "there are no such classes any more");
});
