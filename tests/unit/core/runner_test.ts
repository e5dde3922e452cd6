import assert from "node:assert/strict";
import { z } from "zod";
import { artifact, defineMod, type Mod } from "../../../src/core/define_mod.ts";
import {
  ConfigurationError,
  type ErrorKind,
  ModError,
  PermanentError,
  UnavailableError,
} from "../../../src/core/errors.ts";
import { currentMessageScope, inMessageScope, MessageScope } from "../../../src/core/message_scope.ts";
import { dataParam } from "../../../src/core/params.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import { createRunner, type ModResult } from "../../../src/core/runner.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";

type Run = (name: string, params: unknown) => Promise<ModResult<Record<string, unknown>>>;

function runnerOf(...mods: Mod[]): { run: Run; log: RecordingLogger; logged: string[] } {
  const registry = new ModRegistry();
  for (const mod of mods) registry.register(mod);
  const log = new RecordingLogger();
  const logged: string[] = [];
  const run = createRunner({
    registry,
    resolve: (text) => `<${text}>`,
    loggerFor: (mod) => (logged.push(mod), log),
  }) as unknown as Run;
  return { run, log, logged };
}

/** A mod that does what a test says. */
function modOf(work: () => unknown, name = "test_mod"): Mod {
  return defineMod({
    name,
    description: "Does what a test says.",
    params: z.strictObject({
      topic: z.string().default("orders").describe("A setting."),
      data: dataParam(z.unknown().optional(), "Data."),
    }),
    artifacts: {
      given: artifact<unknown>("What came in."),
      made: artifact<unknown>("What the test returned."),
    },
    async run(given, { warn }) {
      warn("be warned");
      return { artifacts: { given, made: await work() }, metrics: { rows: 2 } };
    },
  });
}

async function failure(run: Promise<unknown>): Promise<ModError> {
  try {
    await run;
  } catch (error) {
    assert.ok(error instanceof ModError);
    return error;
  }
  throw new Error("it did not fail");
}

Deno.test("runMod hands back status, artifacts, metrics and warnings, and logs as the mod", async () => {
  const { run, log, logged } = runnerOf(modOf(() => 5));
  assert.deepEqual(await run("test_mod", { data: "${a.b}" }), {
    status: "success",
    artifacts: { given: { topic: "orders", data: "${a.b}" }, made: 5 },
    metrics: { rows: 2 },
    warnings: ["be warned"],
  });
  assert.deepEqual([logged, log.messages("warning")], [["test_mod"], ["be warned"]]);
});

Deno.test("runMod fills in the references of settings before it validates", async () => {
  const { run } = runnerOf(modOf(() => 5));
  const { artifacts } = await run("test_mod", { topic: "${a.topic}", data: 1 });
  assert.deepEqual(artifacts["given"], { topic: "<${a.topic}>", data: 1 });
});

Deno.test("runMod throws a ModError with mod, kind and cause, whatever the mod threw", async () => {
  const thrown: readonly [unknown, ErrorKind, string][] = [
    [new PermanentError("malformed"), "permanent", "test_mod: malformed"],
    [
      new UnavailableError("Cannot insert", { cause: new Error("locked") }),
      "unavailable",
      "test_mod: Cannot insert: locked",
    ],
    [new ConfigurationError("no table"), "configuration", "test_mod: no table"],
    [new TypeError("x is undefined"), "record", "test_mod: x is undefined"],
    ["a text", "record", "test_mod: a text"],
  ];
  for (const [cause, kind, message] of thrown) {
    const { run } = runnerOf(modOf(() => Promise.reject(cause)));
    const error = await failure(run("test_mod", {}));
    assert.deepEqual([error.name, error.mod, error.parameter, error.kind, error.message, error.cause], [
      "ModError",
      "test_mod",
      undefined,
      kind,
      message,
      cause,
    ]);
  }
});

Deno.test("runMod names the parameter at fault, and the inner mod where one runs another", async () => {
  const { run } = runnerOf(modOf(() => run("inner_mod", { topic: 5 })), modOf(() => 1, "inner_mod"));
  const error = await failure(run("test_mod", {}));
  assert.equal(error.message, 'test_mod: inner_mod: parameter "topic": expected a text, got 5');
  assert.deepEqual([error.mod, error.kind], ["test_mod", "configuration"]);
  const inner = error.cause as ModError;
  assert.deepEqual([inner.mod, inner.parameter], ["inner_mod", "topic"]);
});

Deno.test("runMod refuses parameters that are not an object, and a mod that is not there", async () => {
  const { run } = runnerOf(modOf(() => 5));
  const missing = await failure(run("test_mod", undefined));
  assert.equal(missing.message, "test_mod: its parameters: expected an object, got nothing");
  const unknown = await failure(run("test_mood", {}));
  assert.equal(
    unknown.message,
    'test_mood: there is no mod of that name; did you mean "test_mod"? (known: test_mod)',
  );
  assert.deepEqual([missing.kind, unknown.kind], ["configuration", "configuration"]);
});

Deno.test("runMod is remembered by the message's scope while it runs, also when it fails", async () => {
  const gate = Promise.withResolvers<void>();
  const { run } = runnerOf(
    modOf(() => gate.promise, "slow"),
    modOf(() => Promise.reject(new UnavailableError("down")), "fails"),
  );
  const scope = new MessageScope();
  const running = inMessageScope(scope, () => [run("slow", {}), run("fails", {})] as const);
  assert.deepEqual(scope.running, ["slow", "fails"]);
  await failure(running[1]);
  assert.deepEqual(scope.running, ["slow"]);
  gate.resolve();
  await running[0];
  assert.deepEqual(scope.running, []);
  assert.equal(scope.lasting?.kind, "unavailable");
});

Deno.test("runMod: the kind of an outage survives a processor that catches its error", async () => {
  const { run } = runnerOf(modOf(() => Promise.reject(new UnavailableError("the database is down"))));
  const scope = new MessageScope();
  await inMessageScope(scope, async () => {
    try {
      await run("test_mod", {});
    } catch {
      // a processor that says {status: "error"} instead
    }
    assert.equal(currentMessageScope(), scope);
  });
  assert.equal(scope.lasting?.kind, "unavailable");
  assert.match(String(scope.lasting?.cause), /test_mod: the database is down/);
});
