import assert from "node:assert/strict";
import { contextOption } from "../../../src/job/context_option.ts";

Deno.test("contextOption() finds the file in both forms, among other words", () => {
  assert.equal(contextOption(["--context", "prod.json"]), "prod.json");
  assert.equal(contextOption(["one", "--context=prod.json", "two"]), "prod.json");
});

Deno.test("contextOption() finds none where there is none, or only behind --", () => {
  assert.equal(contextOption([]), undefined);
  assert.equal(contextOption(["context", "--contexts=a", "--context_param", "a"]), undefined);
  assert.equal(contextOption(["--", "--context", "prod.json"]), undefined);
});

Deno.test("contextOption() says that the file is missing", () => {
  for (const words of [["--context"], ["--context="], ["--context", "--other"]]) {
    assert.throws(() => contextOption(words), /--context needs a file: --context prod.json/);
  }
});
