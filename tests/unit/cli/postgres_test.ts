import assert from "node:assert/strict";
import { UnavailableError } from "../../../src/core/errors.ts";
import type { Postgres, PostgresState } from "../../../src/dev/postgres/mod.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { datapy } from "./fake_context.ts";

const URL = "postgres://datapy:development@localhost:5432/datapy";
const started = (more: Partial<Postgres> = {}) => () =>
  Promise.resolve<Postgres>({
    engine: "installed",
    url: URL,
    fresh: true,
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...more,
  });
const state: PostgresState = {
  engine: "npm",
  url: URL,
  host: "localhost",
  port: 5432,
  startedAt: new Date(new ManualClock().wallTime() - 3 * 60_000).toISOString(),
  version: "18.4",
  pid: 12,
  mark: "datapy-x",
};

Deno.test("postgres up prints the url alone to standard output, and what to set to standard error", async () => {
  const { code, out, err } = await datapy(["postgres", "up"], { postgres: { start: started() } });
  assert.deepEqual([code, out], [0, `${URL}\n`]);
  assert.match(err, /PostgreSQL is up after .*"deno task postgres down" ends it and removes its data/);
  assert.match(err, new RegExp(`DATABASE_URL=${URL}`));
});

Deno.test("postgres up tells one that was up, and one that is somebody else's, whose password it does not print", async () => {
  const again = await datapy(["postgres", "up"], { postgres: { start: started({ fresh: false }) } });
  assert.match(again.err, /up already/);
  const external = started({ engine: "external", fresh: false });
  const named = await datapy(["postgres", "up"], { postgres: { start: external } });
  assert.equal(named.err, "Using the PostgreSQL that DATAPY_POSTGRES names\n");
});

Deno.test("postgres up that fails says why, with the exit code of its kind", async () => {
  const start = () => Promise.reject(new UnavailableError("Cannot start PostgreSQL: no disk"));
  const { code, out, err } = await datapy(["postgres", "up"], { postgres: { start } });
  assert.deepEqual([code, out, err], [1, "", "datapy: Cannot start PostgreSQL: no disk\n"]);
});

Deno.test("postgres status prints the url of one that answers, and fails for every other", async () => {
  const asked = (found: { kind: "down" } | { kind: "up"; answers: boolean }) =>
    datapy(["postgres", "status"], {
      postgres: { status: () => Promise.resolve(found.kind === "down" ? found : { ...found, state }) },
    });
  const up = await asked({ kind: "up", answers: true });
  assert.deepEqual([up.code, up.out], [0, `${URL}\n`]);
  assert.equal(up.err, "PostgreSQL runs with npm's programs, version 18.4, process 12, for 3 min\n");
  const silent = await asked({ kind: "up", answers: false });
  assert.deepEqual([silent.code, silent.out], [1, ""]);
  assert.match(silent.err, /does not answer at localhost:5432/);
  const none = await asked({ kind: "down" });
  assert.deepEqual([none.code, none.out], [1, ""]);
  assert.match(none.err, /not running; "deno task postgres up" starts it/);
});

Deno.test("postgres down says what it did", async () => {
  for (
    const [done, says] of [["stopped", /data are removed/], ["was_not_running", /was not/], [
      "left_alone",
      /left alone/,
    ]] as const
  ) {
    const { code, err } = await datapy(["postgres", "down"], {
      postgres: { stop: () => Promise.resolve(done) },
    });
    assert.equal(code, 0);
    assert.match(err, says);
  }
});
