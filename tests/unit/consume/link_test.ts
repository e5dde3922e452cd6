import assert from "node:assert/strict";
import { Link, type LinkPorts } from "../../../src/consume/link.ts";
import type { ConsumerEvents, ConsumerSession } from "../../../src/kafka/driver.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";

/** A link whose session comes, and closes, when the test says. */
class Scene {
  readonly coming = Promise.withResolvers<ConsumerSession>();
  readonly heard: string[] = [];
  events: ConsumerEvents | undefined;
  closed = 0;
  readonly session = {
    close: () => Promise.resolve(void this.closed++),
    underWay: () => [],
  } as unknown as ConsumerSession;
  readonly link = new Link(
    {
      clock: new ManualClock(),
      settings: {
        connection: {
          config: {},
          driver: {
            consume: (_config: unknown, _options: unknown, events: ConsumerEvents) => {
              this.events = events;
              return this.coming.promise;
            },
          },
        },
        options: { topics: ["t"], groupId: "g" },
        errors: { recoveryTimeoutMs: 1 },
      },
      events: {
        assigned: () => this.heard.push("assigned"),
        records: () => this.heard.push("records"),
        revoking: () => Promise.resolve(void this.heard.push("revoking")),
        lost: () => this.heard.push("lost"),
        crashed: () => this.heard.push("crashed"),
        outageBegan: () => this.heard.push("outage began"),
        outageOver: () => this.heard.push("outage over"),
      },
    } as unknown as LinkPorts,
  );

  /** All that a session can say. */
  async sayAll(): Promise<void> {
    this.events?.assigned([]);
    this.events?.records({ topic: "t", partition: 0, epoch: 1, records: [], nextOffset: 0n, endOffset: 0n });
    await this.events?.revoking([]);
    this.events?.lost([], "rebalance");
    this.events?.outageBegan?.("why");
    this.events?.outageOver?.(1);
    this.events?.crashed(new Error("x"));
  }
}

Deno.test("Link hears its session until it is cut, and nothing from then on", async () => {
  const scene = new Scene();
  void scene.link.open();
  scene.coming.resolve(scene.session);
  await settle();
  await scene.sayAll();
  assert.equal(scene.heard.length, 7);
  assert.equal(await scene.link.cut(), true);
  await scene.sayAll();
  assert.deepEqual([scene.heard.length, scene.closed], [7, 1]);
});

Deno.test("Link that is cut closes a session that comes later, and does not hear that none came", async () => {
  const late = new Scene();
  const opened = late.link.open();
  await late.link.cut();
  late.coming.resolve(late.session);
  await opened;
  assert.deepEqual([late.closed, late.link.isOpen], [1, false]);
  const failing = new Scene();
  const failed = failing.link.open();
  await failing.link.cut();
  failing.coming.reject(new Error("no broker"));
  await failed;
  const heard = new Scene();
  const rejected = heard.link.open();
  heard.coming.reject(new Error("no broker"));
  await assert.rejects(rejected, /no broker/);
});
