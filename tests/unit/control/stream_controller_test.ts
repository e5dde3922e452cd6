import assert from "node:assert/strict";
import fc from "fast-check";
import { ECHO_MS, StopSignals } from "../../../src/control/stop_signals.ts";
import { StopRequest, StreamController } from "../../../src/control/stream_controller.ts";
import { unlessStopped } from "../../../src/control/unless_stopped.ts";
import type { SignalSource, StopSignal } from "../../../src/runtime/signals.ts";

/** Signals that a test sends, and what the process was told. */
class FakeProcess implements SignalSource {
  readonly listeners: Record<StopSignal, Set<() => void>> = { SIGTERM: new Set(), SIGINT: new Set() };
  readonly exits: number[] = [];
  /** What its clock shows. */
  time = 1_000;
  readonly signals = new StopSignals(this, {
    exit: (code) => {
      this.exits.push(code);
      throw new Error("the process has ended");
    },
  }, { now: () => this.time });

  onSignal(signal: StopSignal, callback: () => void): Disposable {
    this.listeners[signal].add(callback);
    return { [Symbol.dispose]: () => void this.listeners[signal].delete(callback) };
  }

  send(signal: StopSignal): void {
    for (const callback of [...this.listeners[signal]]) {
      try {
        callback();
      } catch {
        // the end of the process
      }
    }
  }

  get listening(): number {
    return this.listeners.SIGTERM.size + this.listeners.SIGINT.size;
  }
}

Deno.test("StreamController.shouldStop() becomes true by either signal, and the signal fires with its reason", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const process = new FakeProcess();
    using controller = new StreamController(process.signals);
    let fired = 0;
    controller.signal.addEventListener("abort", () => fired++);
    assert.equal(controller.shouldStop(), false);
    process.send(signal);
    assert.equal(controller.shouldStop(), true);
    assert.equal(fired, 1);
    assert.equal(controller.signal.reason.name, "AbortError");
    assert.match(controller.signal.reason.message, new RegExp(signal));
    assert.deepEqual(process.exits, []);
  }
});

Deno.test("test_controller_programmatic_stop", () => {
  const process = new FakeProcess();
  using one = new StreamController(process.signals);
  using other = new StreamController(process.signals);
  one.requestStop("enough");
  one.requestStop("too much");
  assert.equal(one.shouldStop(), true);
  assert.match(one.signal.reason.message, /enough/);
  assert.equal(other.shouldStop(), false);
});

Deno.test("test_controller_loop_exit", async () => {
  const process = new FakeProcess();
  using controller = new StreamController(process.signals);
  let rounds = 0;
  while (!controller.shouldStop()) {
    await Promise.resolve();
    if (++rounds === 3) process.send("SIGTERM");
    assert.ok(rounds <= 3, "the loop goes on after the signal");
  }
  assert.equal(rounds, 3);
});

Deno.test("StreamController.isShutdownInitiated() waits for a consumer that drains", () => {
  const process = new FakeProcess();
  using controller = new StreamController(process.signals);
  controller.requestStop();
  assert.equal(controller.isShutdownInitiated(), false);
  controller.markShutdownInitiated();
  assert.equal(controller.isShutdownInitiated(), true);
});

Deno.test("StopSignals ends the process at a second SIGINT, unless it is an echo, and at no number of SIGTERMs", () => {
  const signals = fc.array(fc.record({
    signal: fc.constantFrom("SIGTERM" as const, "SIGINT" as const),
    after: fc.oneof(fc.nat(ECHO_MS - 1), fc.integer({ min: ECHO_MS, max: 60_000 })),
  }));
  fc.assert(fc.property(signals, (sent) => {
    const process = new FakeProcess();
    using controller = new StreamController(process.signals);
    const interrupts: number[] = [];
    for (const { signal, after } of sent) {
      process.time += after;
      process.send(signal);
      if (signal === "SIGINT") interrupts.push(process.time);
    }
    const [first = 0, ...later] = interrupts;
    assert.deepEqual(process.exits, later.filter((time) => time - first >= ECHO_MS).map(() => 130));
    assert.equal(controller.shouldStop(), sent.length > 0);
  }));
});

Deno.test("StopSignals.keep() listens on when the last has left", () => {
  const process = new FakeProcess();
  process.signals.keep();
  new StreamController(process.signals)[Symbol.dispose]();
  assert.equal(process.listening, 2);
  process.send("SIGTERM");
  assert.deepEqual(process.exits, []);
});

Deno.test("StopSignals listens exactly while there is a controller, with one listener a signal", () => {
  type Step = "make" | "dispose" | "dispose twice" | "SIGTERM" | "SIGINT";
  const steps = fc.array(fc.constantFrom<Step>("make", "dispose", "dispose twice", "SIGTERM", "SIGINT"));
  fc.assert(fc.property(steps, (history) => {
    const process = new FakeProcess();
    const live: StreamController[] = [];
    let signalled = false;
    for (const step of history) {
      if (step === "make") {
        const made = new StreamController(process.signals);
        live.push(made);
        // a controller that is made after the signal, while others still drain, stops at once
        assert.equal(made.shouldStop(), signalled);
      } else if (step === "SIGTERM" || step === "SIGINT") {
        process.send(step);
        signalled ||= live.length > 0;
      } else {
        const gone = live.shift();
        gone?.[Symbol.dispose]();
        if (step === "dispose twice") gone?.[Symbol.dispose]();
        if (live.length === 0) signalled = false;
      }
      assert.equal(process.listening, live.length > 0 ? 2 : 0);
      assert.equal(process.signals.size, live.length);
      assert.ok(live.every((controller) => controller.shouldStop() === signalled));
    }
  }));
});

Deno.test("StopSignals.stopAll() stops those that are there, and not those that come", () => {
  const process = new FakeProcess();
  using one = new StreamController(process.signals);
  using other = new StreamController(process.signals);
  process.signals.stopAll("a consumer failed");
  assert.ok(one.shouldStop() && other.shouldStop());
  using later = new StreamController(process.signals);
  assert.equal(later.shouldStop(), false);
  assert.equal(process.signals.received, undefined);
});

Deno.test("unlessStopped hands on what its work does, and rejects at once when a stop is requested", async () => {
  const process = new FakeProcess();
  assert.equal(await unlessStopped(() => Promise.resolve(5), process.signals), 5);
  await assert.rejects(unlessStopped(() => Promise.reject(new Error("no")), process.signals), /no/);
  assert.equal(process.listening, 0);

  const work = Promise.withResolvers<never>();
  using _other = new StreamController(process.signals);
  const waiting = unlessStopped(() => work.promise, process.signals);
  process.send("SIGTERM");
  await assert.rejects(waiting, StopRequest);
  work.reject(new Error("too late, and nobody hears it"));
  let began = false;
  const late = unlessStopped(() => Promise.resolve(began = true), process.signals);
  await assert.rejects(late, { name: "AbortError", message: "A stop was requested: SIGTERM" });
  assert.equal(began, false);
  assert.equal(process.signals.size, 1);
});

Deno.test("StreamController has at most 100 lines, as the seed asks", () => {
  const text = Deno.readTextFileSync(new URL("../../../src/control/stream_controller.ts", import.meta.url));
  assert.ok(text.split("\n").length <= 101);
});
