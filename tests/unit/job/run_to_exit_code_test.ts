import assert from "node:assert/strict";
import { StopSignals } from "../../../src/control/stop_signals.ts";
import { StreamController } from "../../../src/control/stream_controller.ts";
import { ConfigurationError, ModError } from "../../../src/core/errors.ts";
import { unlessStopped } from "../../../src/control/unless_stopped.ts";
import { trackResource } from "../../../src/core/resources.ts";
import { EXIT_CODES } from "../../../src/job/exit_codes.ts";
import { runToExitCode } from "../../../src/job/run_to_exit_code.ts";
import { RunningMods } from "../../../src/job/running_mods.ts";
import { ManualClock, settle } from "../../support/manual_clock.ts";
import { RecordingLogger } from "../../support/recording_logger.ts";
import { within } from "../../support/wait_for.ts";

/** A process that a test holds in its hands. */
class FakeJob {
  readonly clock = new ManualClock();
  readonly log = new RecordingLogger();
  readonly running = new RunningMods();
  readonly listeners = new Map<string, () => void>();
  readonly signals = new StopSignals({
    onSignal: (signal, callback) => {
      this.listeners.set(signal, callback);
      return { [Symbol.dispose]: () => void this.listeners.delete(signal) };
    },
  }, {
    exit: () => {
      throw new Error("the process has ended");
    },
  });
  uncaught: (error: unknown) => void = () => {};
  idle: () => void = () => {};

  run(main: () => unknown): Promise<number> {
    return runToExitCode(main, {
      clock: this.clock,
      log: this.log,
      running: this.running,
      signals: this.signals,
      events: {
        onUncaught: (callback) => {
          this.uncaught = callback;
          return { [Symbol.dispose]: () => void (this.uncaught = () => {}) };
        },
        onIdle: (callback) => {
          this.idle = callback;
          return { [Symbol.dispose]() {} };
        },
      },
    });
  }
}

const never = () => new Promise<never>(() => {});

Deno.test("runToExitCode cuts off a main that nobody drains, five seconds after the signal, with 130", async () => {
  const job = new FakeJob();
  const code = job.run(never);
  await settle();
  job.listeners.get("SIGTERM")?.();
  await job.clock.advance(4_999);
  assert.deepEqual(job.log.messages("critical"), []);
  await job.clock.advance(1);
  assert.equal(await within(code, "the exit code"), EXIT_CODES.interrupted);
  assert.equal(job.log.messages("critical").length, 1);
  assert.equal(job.listeners.size, 0, "the listeners stay");
});

Deno.test("runToExitCode: what gives up because of a signal is an orderly end, and only then", async () => {
  const job = new FakeJob();
  const connect = () =>
    unlessStopped(never, job.signals).catch((cause) => {
      throw new ModError("kafka_connector", "gave up", { kind: "record", cause });
    });
  const code = job.run(connect);
  await settle();
  job.listeners.get("SIGTERM")?.();
  assert.equal(await within(code, "the exit code"), EXIT_CODES.stopped);
  assert.deepEqual(job.log.messages("critical"), []);
  assert.equal(await within(job.run(() => unlessStopped(() => Promise.resolve(5), job.signals)), "it"), 0);

  const failed = job.run(connect);
  await settle();
  job.signals.stopAll("a consumer failed");
  assert.equal(await within(failed, "the exit code"), EXIT_CODES.failed);
});

Deno.test("runToExitCode lets a consumer drain that had begun before the signal, or begins after it", async () => {
  for (const early of [true, false]) {
    const job = new FakeJob();
    const drained = Promise.withResolvers<void>();
    const code = job.run(async () => {
      if (!early) await job.clock.sleep(1_000);
      using controller = new StreamController(job.signals);
      if (!controller.shouldStop()) await job.clock.sleep(1_000_000, controller.signal);
      await drained.promise;
    });
    await settle();
    job.listeners.get("SIGTERM")?.();
    await job.clock.advance(25_000);
    drained.resolve();
    assert.equal(await within(code, "the exit code"), EXIT_CODES.stopped);
    assert.deepEqual(job.log.messages("critical"), []);
  }
});

Deno.test("runToExitCode does not cut off what a job does after its consumer has drained", async () => {
  const job = new FakeJob();
  const code = job.run(async () => {
    {
      using controller = new StreamController(job.signals);
      await job.clock.sleep(1_000_000, controller.signal);
    }
    await job.clock.sleep(60_000);
  });
  await settle();
  job.listeners.get("SIGTERM")?.();
  await job.clock.advance(60_000);
  assert.equal(await within(code, "the exit code"), EXIT_CODES.stopped);
});

Deno.test("runToExitCode stops the other consumers of a job that failed, and waits until they have drained", async () => {
  const job = new FakeJob();
  let drained = false;
  const consumer = async () => {
    using controller = new StreamController(job.signals);
    await job.clock.sleep(1_000_000, controller.signal);
    await job.clock.sleep(20_000);
    drained = true;
  };
  const code = job.run(() =>
    Promise.all([
      job.running.track("kafka_consumer", consumer()),
      Promise.reject(new ConfigurationError("There is no topic orders")),
    ])
  );
  await job.clock.advance(20_000);
  assert.equal(await within(code, "the exit code"), EXIT_CODES.configuration);
  assert.equal(drained, true);
  assert.deepEqual(job.log.messages("critical"), ["There is no topic orders"]);
});

Deno.test("runToExitCode does not wait for ever for a consumer that does not drain", async () => {
  const job = new FakeJob();
  const code = job.run(() =>
    Promise.all([job.running.track("kafka_consumer", never()), Promise.reject(new Error("x"))])
  );
  await job.clock.advance(60_000);
  assert.equal(await within(code, "the exit code"), EXIT_CODES.failed);
});

Deno.test("runToExitCode tells every error that nobody handled, also one that comes while it closes", async () => {
  const job = new FakeJob();
  trackResource({ name: "a", close: () => Promise.resolve(job.uncaught(new Error("while closing"))) });
  assert.equal(await within(job.run(() => {}), "the exit code"), EXIT_CODES.failed);

  const two = job.run(never);
  await settle();
  job.uncaught(new Error("first"));
  job.uncaught("second");
  assert.equal(await within(two, "the exit code"), EXIT_CODES.failed);
  assert.deepEqual(job.log.messages("critical"), [
    "An error was not handled: while closing",
    "An error was not handled: first",
    "An error was not handled: second",
  ]);
});

Deno.test("runToExitCode keeps the code of a failure when something cannot be closed", async () => {
  const job = new FakeJob();
  trackResource({ name: "a", close: () => Promise.reject(new Error("stuck")) });
  const code = job.run(() => Promise.reject(new ConfigurationError("wrong")));
  assert.equal(await within(code, "the exit code"), EXIT_CODES.configuration);
  assert.deepEqual(job.log.messages("error"), ["Could not close a: stuck"]);
});
