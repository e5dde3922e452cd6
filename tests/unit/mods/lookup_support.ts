import assert from "node:assert/strict";
import { type ErrorKind, kindOf, ModError } from "../../../src/core/errors.ts";
import { inJobScope, JobScope } from "../../../src/core/job_scope.ts";
import type { Logger } from "../../../src/core/logger.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { ModRegistry } from "../../../src/core/registry.ts";
import { closeResources } from "../../../src/core/resources.ts";
import { createRunner, type ModResult } from "../../../src/core/runner.ts";
import { lookup } from "../../../src/mods/transform/lookup.ts";

/** Parameters of a call. */
export type Params = Readonly<Record<string, unknown>>;

/** What the mod hands on. */
export interface LookupArtifacts {
  readonly data: unknown;
  readonly reject: unknown;
}

const settings: Readonly<Record<string, unknown>> = { "${country}": "DE", "${every}": 60 };

/** Runs the mod as a job does; references in settings are filled in from a few that tests use. */
export function runLookup(params: Params, log: Logger = silentLogger): Promise<ModResult<LookupArtifacts>> {
  const registry = new ModRegistry();
  registry.register(lookup);
  const runMod = createRunner({
    registry,
    resolve: (text) => Object.hasOwn(settings, text) ? settings[text] : assert.fail(`${text} was looked up`),
    loggerFor: () => log,
  }) as unknown as (name: string, params: Params) => Promise<ModResult<LookupArtifacts>>;
  return runMod("lookup", params);
}

/** Its two outputs. */
export async function join(params: Params): Promise<LookupArtifacts> {
  return (await runLookup(params)).artifacts;
}

/** The error of a call that must fail. */
export async function refused(params: Params, kind: ErrorKind): Promise<ModError> {
  const error = await runLookup(params).then(() => undefined, (thrown: unknown) => thrown);
  assert.ok(error instanceof ModError, `it should have been refused: ${error}`);
  assert.equal(kindOf(error), kind, error.message);
  return error;
}

/** Runs a test as a job of its own, and closes what it opened. */
export function asJob(run: () => Promise<void>): Promise<void> {
  return inJobScope(new JobScope(), async () => {
    try {
      await run();
    } finally {
      assert.deepEqual(await closeResources(10_000), []);
    }
  });
}

/** A folder of files by their names, removed at the end. */
export async function withFiles(
  files: Readonly<Record<string, string>>,
  run: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "datapy-lookup-" });
  const path = (name: string) => `${folder}/${name}`;
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(path(name), text);
    await run(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
