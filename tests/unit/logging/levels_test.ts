import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseLevel, LEVELS } from "../../../src/logging/levels.ts";

const source = fc.option(fc.constantFrom(...LEVELS, ""), { nil: undefined });

Deno.test("chooseLevel takes the variable, then the context, then the argument, then INFO", () => {
  fc.assert(fc.property(source, source, source, (environment, context, argument) => {
    const expected = environment || context || argument || "INFO";
    assert.equal(chooseLevel({ environment, context, argument }), expected);
  }));
});

Deno.test("chooseLevel takes any case, and names source, value and levels of one that is unknown", () => {
  assert.equal(chooseLevel({ environment: "warning", context: "DEBUG", argument: "x" }), "WARNING");
  const wrong = (sources: Parameters<typeof chooseLevel>[0]) => {
    try {
      return chooseLevel(sources);
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  const expected = "expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL";
  assert.equal(
    wrong({ environment: "warn", context: undefined, argument: undefined }),
    `ConfigurationError: Cannot set the log level to "warn" (from the variable LOG_LEVEL): ${expected}`,
  );
  assert.equal(
    wrong({ environment: "", context: 3, argument: "INFO" }),
    `ConfigurationError: Cannot set the log level to a number (from processing.log_level of the context): ${expected}`,
  );
  assert.equal(
    wrong({ environment: undefined, context: null, argument: "TRACE" }),
    `ConfigurationError: Cannot set the log level to "TRACE" (from the argument of setupLogging): ${expected}`,
  );
});
