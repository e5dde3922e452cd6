import assert from "node:assert/strict";
import fc from "fast-check";
import { FAULTS, kindOf, TRACKS } from "../../chaos/faults.ts";
import { describeSchedule, makeSchedule, readSchedule } from "../../chaos/schedule.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const minutes = fc.integer({ min: 1, max: 20 });

Deno.test("makeSchedule() gives the same faults for the same seed, and others for another", () =>
  fc.assert(fc.property(seeds, minutes, (seed, minutes) => {
    assert.deepEqual(makeSchedule(seed, { minutes }), makeSchedule(seed, { minutes }));
    assert.notDeepEqual(makeSchedule(seed, { minutes }), makeSchedule(seed + 1, { minutes }));
  })));

Deno.test("makeSchedule() leaves each track time to recover, also before the end", () =>
  fc.assert(fc.property(seeds, minutes, (seed, minutes) => {
    const faults = makeSchedule(seed, { minutes });
    for (const track of TRACKS) {
      let free = 0;
      for (const fault of faults.filter((fault) => kindOf(fault).track === track)) {
        assert.ok(fault.at > free, `${track} at ${fault.at}`);
        free = fault.at + kindOf(fault).lasts(fault.args);
      }
      assert.ok(free <= minutes * 60_000);
    }
  })));

Deno.test("makeSchedule() takes numbers from the ranges of their kinds", () =>
  fc.assert(fc.property(seeds, (seed) => {
    for (const { kind, args } of makeSchedule(seed, { minutes: 10 })) {
      for (const [name, [min, max]] of Object.entries(FAULTS[kind]?.args ?? {})) {
        assert.ok(args[name]! >= min && args[name]! <= max, `${kind} ${name}=${args[name]}`);
      }
    }
  })));

Deno.test("makeSchedule() has every kind within an hour, and none of a track that is left out", () => {
  const kinds = new Set(makeSchedule(1, { minutes: 60 }).map(({ kind }) => kind));
  assert.deepEqual([...kinds].sort(), Object.keys(FAULTS).sort());
  const rest = makeSchedule(1, { minutes: 60, without: ["network", "database"] });
  assert.deepEqual(new Set(rest.map((fault) => kindOf(fault).track)), new Set(["consumers", "brokers"]));
});

Deno.test("readSchedule() reads what describeSchedule() writes", () =>
  fc.assert(fc.property(seeds, minutes, (seed, minutes) => {
    const faults = makeSchedule(seed, { minutes });
    assert.deepEqual(readSchedule(`# a comment\n\n${describeSchedule(faults)}\n`), faults);
  })));

Deno.test("readSchedule() names what is wrong with a line", () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["soon kill_broker broker=1 down_ms=0", /does not begin with a time/],
    ["1 eat_broker", /There is no fault "eat_broker": known are kill_consumer/],
    ["1 kill_broker broker=1", /lacks down_ms/],
    ["1 kill_broker broker=x down_ms=0", /"broker=x" is no number of kill_broker/],
    ["1 join who=1", /is no number of join, which has none/],
  ];
  for (const [line, text] of wrong) assert.throws(() => readSchedule(line), text);
});
