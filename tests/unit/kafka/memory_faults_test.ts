import assert from "node:assert/strict";
import { ConfigurationError, UnavailableError } from "../../../src/core/errors.ts";
import { silentLogger } from "../../../src/core/logger.ts";
import { PartitionsLostError } from "../../../src/kafka/driver.ts";
import { ConsumerProbe } from "../../contract/consumer_probe.ts";
import { bytes, numbered, texts } from "../../contract/fixture.ts";
import { Gate } from "../../../src/kafka/memory/faults.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";
import { type MemoryFixture, memoryFixture } from "../../support/memory_fixture.ts";
import { waitFor, within } from "../../support/wait_for.ts";

const RECORD = { key: null, value: bytes("x"), headers: [] };

/** A topic "t" of one partition with three records, and a member of the group "g" that has read them. */
async function reading(): Promise<{ fixture: MemoryFixture; probe: ConsumerProbe; epoch: number }> {
  const fixture = memoryFixture();
  fixture.broker.createTopic("t");
  await fixture.append("t", numbered(0, 3));
  const probe = await ConsumerProbe.open(fixture, { groupId: "g", topics: ["t"] });
  await probe.receive(3);
  return { fixture, probe, epoch: (await probe.assignment()).epoch };
}

async function ends(probe: ConsumerProbe): Promise<void> {
  await probe.close();
  assert.deepEqual(probe.violations, []);
}

Deno.test("failNextCommits() fails that many commits and leaves the session alone", async () => {
  const { fixture, probe, epoch } = await reading();
  const commit = (offset: bigint) => probe.session.commit([{ topic: "t", partition: 0, epoch, offset }]);
  fixture.broker.failNextCommits(2);
  await assert.rejects(commit(1n), UnavailableError);
  await assert.rejects(commit(1n), UnavailableError);
  await commit(2n);
  assert.equal(fixture.broker.committed("g", "t").get(0), 2n);
  assert.deepEqual(probe.steps(), ["assigned"]);
  await ends(probe);
});

Deno.test("failNextCommits() with PartitionsLostError drops the member, as the group's refusal would", async () => {
  const { fixture, probe, epoch } = await reading();
  fixture.broker.failNextCommits(1, new PartitionsLostError("refused on purpose"));
  await assert.rejects(
    probe.session.commit([{ topic: "t", partition: 0, epoch, offset: 1n }]),
    PartitionsLostError,
  );
  assert.equal(probe.lostBy("member_lost").length, 1);
  await probe.assignment(0, epoch);
  await ends(probe);
});

Deno.test("a commit by a member that was dropped is refused at once", async () => {
  const { fixture, probe, epoch } = await reading();
  fixture.broker.dropMember("g");
  await assert.rejects(
    probe.session.commit([{ topic: "t", partition: 0, epoch, offset: 3n }]),
    PartitionsLostError,
  );
  assert.equal(fixture.broker.committed("g", "t").get(0), 0n);
  await probe.assignment(0, epoch);
  await settle();
  assert.equal(fixture.broker.group("g").memberIds.length, 1, "it joined twice");
  assert.deepEqual(probe.steps(), ["assigned", "lost(member_lost)", "assigned"]);
  await ends(probe);
});

Deno.test("a commit by a member that was dropped is refused although the generation still is its own", async () => {
  const fixture = memoryFixture();
  fixture.broker.createTopic("t", 2);
  const first = await ConsumerProbe.open(fixture, { groupId: "g", topics: ["t"] });
  const revoked = Promise.withResolvers<void>();
  const second = await ConsumerProbe.open(
    fixture,
    { groupId: "g", topics: ["t"], revokeTimeoutMs: 60_000 },
    { onRevoking: () => revoked.promise },
  );
  await waitFor(() => first.current.size === 1 && second.current.size === 1, "one partition each");
  const [at] = [...first.current.values()];
  fixture.broker.dropMember("g", 0);
  await assert.rejects(first.session.commit([{ ...at!, offset: 3n }]), PartitionsLostError);
  revoked.resolve();
  await Promise.all([first, second].map(ends));
});

Deno.test("close() of a member that was dropped does not join again", async () => {
  const { fixture, probe } = await reading();
  fixture.broker.dropMember("g");
  await ends(probe);
  await settle();
  assert.deepEqual(fixture.broker.group("g").memberIds, []);
  assert.deepEqual(probe.violations, []);
});

Deno.test("close() before an unknown topic is found out ends without a crash", async () => {
  const probe = await ConsumerProbe.open(memoryFixture(), { groupId: "g", topics: ["nowhere"] });
  const closing = probe.session.close();
  await closing;
  await settle();
  assert.deepEqual(probe.events, []);
});

Deno.test("a commit that was held across a rebalance is refused in the old generation", async () => {
  const { fixture, probe, epoch } = await reading();
  using hold = fixture.broker.holdCommits();
  const commit = probe.session.commit([{ topic: "t", partition: 0, epoch, offset: 3n }]);
  await within(hold.arrived, "the commit");
  fixture.broker.rebalance("g");
  await probe.assignment(0, epoch);
  hold.release();
  await assert.rejects(commit, PartitionsLostError);
  assert.deepEqual(probe.steps(), ["assigned", "revoking", "lost(rebalance)", "assigned"]);
  await ends(probe);
});

Deno.test("several rebalances asked for in one turn are one", async () => {
  const { fixture, probe, epoch } = await reading();
  for (let i = 0; i < 3; i++) fixture.broker.rebalance("g");
  await probe.assignment(0, epoch);
  assert.deepEqual(probe.steps(), ["assigned", "revoking", "lost(rebalance)", "assigned"]);
  await ends(probe);
});

Deno.test("a member that joins while another still revokes gets its share of the same rebalance", async () => {
  const fixture = memoryFixture();
  fixture.broker.createTopic("t", 3);
  const revoked = Promise.withResolvers<void>();
  const slow = await ConsumerProbe.open(
    fixture,
    { groupId: "g", topics: ["t"], revokeTimeoutMs: 60_000 },
    { onRevoking: () => revoked.promise },
  );
  await waitFor(() => slow.current.size === 3, "all partitions");
  const second = await ConsumerProbe.open(fixture, { groupId: "g", topics: ["t"] });
  await waitFor(() => slow.steps().includes("revoking"), "the first to revoke");
  const third = await ConsumerProbe.open(fixture, { groupId: "g", topics: ["t"] });
  revoked.resolve();
  await waitFor(() => [slow, second, third].every((probe) => probe.current.size === 1), "one partition each");
  assert.deepEqual(slow.steps(), ["assigned", "revoking", "lost(rebalance)", "assigned"]);
  assert.deepEqual(second.steps(), ["assigned"]);
  await Promise.all([slow, second, third].map(ends));
});

Deno.test("a member that is dropped while it revokes is not told twice", async () => {
  const fixture = memoryFixture();
  fixture.broker.createTopic("t", 1);
  const revoked = Promise.withResolvers<void>();
  const probe = await ConsumerProbe.open(
    fixture,
    { groupId: "g", topics: ["t"], revokeTimeoutMs: 60_000 },
    { onRevoking: () => revoked.promise },
  );
  const { epoch } = await probe.assignment();
  fixture.broker.rebalance("g");
  await waitFor(() => probe.steps().includes("revoking"), "it to revoke");
  fixture.broker.dropMember("g");
  await waitFor(() => probe.lostBy("member_lost").length === 1, "the partition to be lost");
  revoked.resolve();
  await probe.assignment(0, epoch);
  assert.deepEqual(probe.steps(), ["assigned", "revoking", "lost(member_lost)", "assigned"]);
  await ends(probe);
});

Deno.test("close() while a rebalance waits for revoking ends the session at once", async () => {
  const fixture = memoryFixture();
  fixture.broker.createTopic("t", 1);
  const probe = await ConsumerProbe.open(
    fixture,
    { groupId: "g", topics: ["t"], revokeTimeoutMs: 60_000 },
    { onRevoking: () => new Promise(() => {}) },
  );
  await probe.assignment();
  fixture.broker.rebalance("g");
  await waitFor(() => probe.steps().includes("revoking"), "it to revoke");
  await within(probe.close(), "the session to close");
  assert.deepEqual(probe.steps(), ["assigned", "revoking", "lost(closed)"]);
  const next = await ConsumerProbe.open(fixture, { groupId: "g", topics: ["t"] });
  await next.assignment(); // the rebalance does not wait for the one that left
  await ends(next);
  assert.deepEqual(fixture.broker.group("g").memberIds, []);
});

Deno.test("revoking is bounded by the clock that was passed in", async () => {
  const clock = new ManualClock();
  const fixture = memoryFixture({ clock });
  fixture.broker.createTopic("t", 1);
  const probe = await ConsumerProbe.open(
    fixture,
    { groupId: "g", topics: ["t"], revokeTimeoutMs: 2_000 },
    { onRevoking: () => new Promise(() => {}) },
  );
  const { epoch } = await probe.assignment();
  fixture.broker.rebalance("g");
  await waitFor(() => probe.steps().includes("revoking"), "it to revoke");
  await clock.advance(1_999);
  assert.deepEqual(probe.lostBy("rebalance"), []);
  await clock.advance(1);
  await probe.assignment(0, epoch);
  assert.equal(probe.lostBy("rebalance").length, 1);
  await ends(probe);
});

Deno.test("crashMembers() ends the session with that error, and its place is given to others", async () => {
  const { fixture, probe } = await reading();
  const error = new ConfigurationError("not authorised, on purpose");
  fixture.broker.crashMembers("g", error);
  assert.equal(probe.crash, error);
  assert.deepEqual(fixture.broker.group("g").memberIds, []);
  await fixture.append("t", texts(0, "nobody reads this"));
  await ends(probe);
  assert.equal(probe.received.length, 3);
});

Deno.test("holdFetches() holds records back until they are released", async () => {
  const { fixture, probe } = await reading();
  const hold = fixture.broker.holdFetches();
  await fixture.append("t", texts(0, "held"));
  await within(hold.arrived, "the fetch");
  assert.equal(probe.received.length, 3);
  hold.release();
  await probe.receive(4);
  await ends(probe);
});

Deno.test("a fetch that is released after close() hands nothing on", async () => {
  const { fixture, probe } = await reading();
  const hold = fixture.broker.holdFetches();
  await fixture.append("t", texts(0, "held"));
  await within(hold.arrived, "the fetch");
  await probe.close();
  hold.release();
  await settle();
  assert.deepEqual(probe.violations, []);
  assert.equal(probe.received.length, 3);
});

Deno.test("a page that holds only gaps loses nothing of the next", async () => {
  const fixture = memoryFixture({ maxFetchRecords: 3 });
  fixture.broker.createTopic("t");
  await fixture.append("t", numbered(0, 3));
  await fixture.appendInvisible("t", 0, 3);
  await fixture.append("t", texts(0, "after"));
  const probe = await ConsumerProbe.open(fixture, { groupId: "g", topics: ["t"] });
  await probe.receive(4);
  assert.equal(probe.received[3]?.offset, 6n);
  await ends(probe);
});

Deno.test("a send that is held beyond its time fails as unknown, and is written all the same", async () => {
  const clock = new ManualClock();
  const fixture = memoryFixture({ clock });
  fixture.broker.createTopic("t");
  const producer = await fixture.driver.produce(fixture.connection, silentLogger);
  using hold = fixture.broker.holdSends();
  const send = producer.send("t", [RECORD], 10_000);
  const failed = assert.rejects(send, /no acknowledgement within 10000 ms; the outcome is unknown/);
  await within(hold.arrived, "the send");
  await clock.advance(10_000);
  await failed;
  assert.equal(fixture.broker.endOffsets("t").get(0), 0n);
  hold.release();
  await producer.close();
  assert.equal(fixture.broker.endOffsets("t").get(0), 1n);
});

Deno.test("failNextSends() and failNextLists() fail what comes next, once each", async () => {
  const fixture = memoryFixture();
  fixture.broker.createTopic("t");
  const producer = await fixture.driver.produce(fixture.connection, silentLogger);
  fixture.broker.failNextSends(1);
  await assert.rejects(producer.send("t", [RECORD], 1000), UnavailableError);
  assert.equal((await producer.send("t", [RECORD], 1000)).length, 1);
  fixture.broker.failNextLists(1);
  await assert.rejects(fixture.driver.listTopics(fixture.connection, 1000), UnavailableError);
  assert.deepEqual(await fixture.driver.listTopics(fixture.connection, 1000), ["t"]);
  await producer.close();
});

Deno.test("hold() refuses a second hold of the same requests", () => {
  const { broker } = memoryFixture();
  using _hold = broker.holdSends();
  assert.throws(() => broker.holdSends(), /held already/);
});

Deno.test("a hold that was released lets go of a later one neither by itself nor by being released again", async () => {
  const gate = new Gate();
  const first = gate.hold();
  let passed = false;
  const pass = gate.pass().then(() => passed = true);
  first.release();
  const second = gate.hold(); // before what waited has run
  first.release();
  await settle();
  assert.equal(passed, false);
  second.release();
  await within(pass, "the request to pass");
});

Deno.test("a commit that is held while its position is lost does not follow the position that was chosen anew", async () => {
  const { fixture, probe, epoch } = await reading();
  const { broker } = fixture;
  const hold = broker.holdCommits();
  const commit = probe.session.commit([{ topic: "t", partition: 0, epoch, offset: 1n }]);
  await within(hold.arrived, "the commit to be held");
  const fetches = broker.holdFetches();
  await fixture.append("t", numbered(0, 3));
  broker.log("t", 0).truncate(6n);
  fetches.release();
  await probe.assignment(0, epoch);
  assert.equal(broker.committed("g", "t").get(0), 6n);
  hold.release();
  await within(commit, "the commit to be answered");
  assert.equal(broker.committed("g", "t").get(0), 6n);
  await ends(probe);
});
