import assert from "node:assert/strict";
import { UnavailableError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { Outage } from "../../../src/kafka/kafkajs/outage.ts";
import { Outages } from "../../../src/kafka/kafkajs/outages.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** The outages of one session, and what it tells of them. */
class Scene {
  readonly clock = new ManualClock();
  readonly told: string[] = [];
  readonly outages = new Outages(this.clock, {
    outageBegan: (why) => this.told.push(`began: ${why}`),
    outageOver: (ms) => this.told.push(`over: ${ms}`),
  });

  of(name: string): Outage {
    const { clock } = this;
    return new Outage({
      clock,
      log: silentLogger,
      boundMs: 300_000,
      listener: this.outages.of(name),
    });
  }

  /** Fails so often. */
  async fails(outage: Outage, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      const waited = outage.failed(new UnavailableError("no broker"), "fetch", new AbortController().signal);
      await this.clock.advance(2_000);
      await waited;
    }
  }
}

Deno.test("Outages tells of the first that lasts, and when the last is over", async () => {
  const scene = new Scene();
  const [one, other] = [scene.of("fetch 1"), scene.of("fetch 2")];
  await scene.fails(one, 2);
  assert.deepEqual([scene.told, scene.outages.why], [[], undefined], "failures now and then are none");
  one.over();
  await scene.fails(one, 3);
  assert.equal(scene.outages.why, "no broker");
  await scene.fails(other, 5);
  one.over();
  assert.deepEqual(scene.told, ["began: no broker"]);
  other.over();
  assert.deepEqual(scene.told.slice(1), ["over: 12000"]);
  assert.equal(scene.outages.why, undefined);
  one.over();
  assert.equal(scene.told.length, 2);
});

Deno.test("Outages takes what a generation leaves behind for over with the next success", async () => {
  const scene = new Scene();
  await scene.fails(scene.of("heartbeat"), 3);
  scene.outages.forget();
  assert.deepEqual([scene.outages.why, scene.told.length], [undefined, 1]);
  scene.of("join").over();
  assert.equal(scene.told.length, 2);
});
