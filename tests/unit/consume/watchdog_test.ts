import assert from "node:assert/strict";
import { stepBounds } from "../../../src/consume/bounds.ts";
import { LOOK_MS, Watchdog, type WatchedStep } from "../../../src/consume/watchdog.ts";
import { errorText, kindOf } from "../../../src/core/errors.ts";
import type { OwnStep } from "../../../src/core/vitals.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { BOUNDS } from "./test_settings.ts";

/** A watchdog that looks as it does, at steps that the test moves. */
class Scene {
  readonly clock = new ManualClock();
  readonly log = new RecordingLogger();
  readonly madeAnew: OwnStep[] = [];
  readonly failures: unknown[] = [];
  steps: WatchedStep[] = [];
  readonly watchdog = new Watchdog({
    clock: this.clock,
    log: this.log,
    bounds: BOUNDS,
    doing: 'consume t by group "g"',
    steps: () => this.steps,
    makeAnew: (step) => void this.madeAnew.push(step),
    fail: (error) => void this.failures.push(error),
  });

  /** Waits for an answer of broker 1 for one of its fetches. */
  fetches(moves: number): void {
    this.steps = [{ id: "fetch 1", step: "fetch", waitsFor: "the answer of broker 1 for t[0]", moves }];
  }

  /** Time passes, with a look every few seconds; `each` comes before each look. */
  passes(ms: number, each: () => void = () => {}): void {
    for (let passed = 0; passed < ms; passed += LOOK_MS) {
      this.clock.jump(LOOK_MS);
      each();
      this.watchdog.look();
    }
  }
}

/** Rounded up to a look. */
const untilLook = (ms: number) => Math.ceil(ms / LOOK_MS) * LOOK_MS;

Deno.test("Watchdog warns of a step past its bound, has the consumer made anew after another, and then fails", () => {
  const scene = new Scene();
  scene.fetches(1);
  scene.passes(untilLook(BOUNDS.fetch));
  assert.deepEqual(scene.log.lines, [], "it was seen at the first look");
  scene.passes(LOOK_MS);
  assert.deepEqual(scene.log.messages("warning"), [
    "fetch has waited for 115 s, for the answer of broker 1 for t[0]: no answer and no failure; " +
    "in 110 s more the consumer is made anew",
  ]);
  scene.passes(untilLook(BOUNDS.fetch) - 2 * LOOK_MS);
  assert.deepEqual([scene.madeAnew, scene.log.lines.length], [[], 1], "it is said once");
  scene.passes(LOOK_MS);
  assert.deepEqual(scene.madeAnew, ["fetch"]);
  assert.match(
    scene.log.messages("warning")[1] ?? "",
    /^fetch has waited for 225 s, .* making the consumer anew/,
  );
  scene.passes(untilLook(BOUNDS.fetch));
  assert.deepEqual(scene.failures, []);
  scene.passes(LOOK_MS);
  assert.equal(kindOf(scene.failures[0]), "unavailable");
  assert.match(
    errorText(scene.failures[0]),
    /^Cannot consume t by group "g": fetch has waited for 115 s, for the answer of broker 1 .* made anew 120 s ago/,
  );
  assert.deepEqual(scene.madeAnew, ["fetch"], "it is made anew once");
});

Deno.test("Watchdog leaves a step alone that moves, however slowly, and says that one goes on that it had warned of", () => {
  const scene = new Scene();
  let moves = 0;
  scene.fetches(moves);
  for (let i = 0; i < 50; i++) {
    scene.passes(BOUNDS.fetch - LOOK_MS);
    scene.fetches(++moves);
  }
  assert.deepEqual(scene.log.lines, []);
  scene.passes(2 * LOOK_MS + BOUNDS.fetch);
  assert.equal(scene.log.messages("warning").length, 1);
  scene.fetches(++moves);
  scene.passes(LOOK_MS);
  assert.deepEqual(scene.log.messages("info"), ["It goes on, after 125 s: the answer of broker 1 for t[0]"]);
  scene.passes(1.5 * BOUNDS.fetch);
  scene.steps = [];
  scene.passes(10 * BOUNDS.fetch);
  assert.deepEqual([scene.madeAnew, scene.failures, scene.log.messages("info").length], [[], [], 2]);
});

Deno.test("Watchdog does not count time in which nothing could run: a held event loop, a process that was stopped", () => {
  const scene = new Scene();
  scene.fetches(1);
  scene.passes(LOOK_MS * 2);
  scene.clock.jump(24 * 3_600_000);
  scene.passes(BOUNDS.fetch - LOOK_MS * 2);
  assert.deepEqual(scene.log.lines, []);
  scene.passes(LOOK_MS * 3);
  assert.equal(scene.log.messages("warning").length, 1, "what comes after it counts");
});

Deno.test("Watchdog has a consumer made anew again that has worked for more than an hour since", () => {
  const scene = new Scene();
  let moves = 0;
  const stuckUntilMadeAnew = () => {
    scene.fetches(++moves);
    scene.passes(2 * BOUNDS.fetch + 2 * LOOK_MS);
  };
  stuckUntilMadeAnew();
  scene.passes(3_600_000, () => scene.fetches(++moves));
  stuckUntilMadeAnew();
  assert.deepEqual([scene.madeAnew, scene.failures], [["fetch", "fetch"], []]);
  scene.passes(1_800_000, () => scene.fetches(++moves));
  scene.passes(BOUNDS.fetch + 2 * LOOK_MS);
  assert.equal(scene.failures.length > 0, true, "within the hour it is not");
  assert.equal(scene.madeAnew.length, 2);
});

Deno.test("Watchdog.steps tells since when each step waits, and its bound", () => {
  const scene = new Scene();
  scene.fetches(1);
  scene.passes(3 * LOOK_MS);
  assert.deepEqual(scene.watchdog.steps, [{
    step: "fetch",
    waitsFor: "the answer of broker 1 for t[0]",
    since: LOOK_MS,
    boundMs: BOUNDS.fetch,
  }]);
  scene.fetches(2);
  assert.equal(scene.watchdog.steps[0]?.since, 3 * LOOK_MS, "a move since the last look counts as now");
});

Deno.test("stepBounds() gives each step more than the driver's own waits", () => {
  const settings = {
    connectTimeoutMs: 1_000,
    requestTimeoutMs: 2_000,
    fetchMaxWaitMs: 200,
    sessionTimeoutMs: 6_000,
    rebalanceTimeoutMs: 7_000,
  };
  const bounds = stepBounds(settings);
  assert.deepEqual(bounds, {
    connect: 18_000,
    join: 31_000,
    fetch: 18_200,
    "hand out": 10_000,
    commit: 18_000,
    close: 6_000,
  });
});
