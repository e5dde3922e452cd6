import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { PermanentError, UnavailableError } from "../../../src/core/errors.ts";
import { currentMessageScope } from "../../../src/core/message_scope.ts";
import type { Message } from "../../../src/consume/message.ts";
import { attempt, type Outcome, type ProcessorContext } from "../../../src/consume/processor.ts";
import { settle } from "../../support/manual_clock.ts";

const MESSAGE = {} as Message;
const CONTEXT = {} as ProcessorContext;

Deno.test("attempt() ends only when all unflushed sends have settled, and an outage among them is one", async () => {
  const sends = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let outcome: Outcome | undefined;
  const ended = attempt(
    () => {
      for (const { promise } of sends) currentMessageScope()?.defer(promise);
      return { status: "success" };
    },
    MESSAGE,
    CONTEXT,
  ).then((result) => outcome = result);
  sends[0]!.reject(new PermanentError("too large"));
  await settle();
  assert.equal(outcome, undefined, "the other send would reach into the next attempt");
  const outage = new UnavailableError("not acknowledged");
  sends[1]!.reject(outage);
  await ended;
  assert.deepEqual(outcome, { ok: false, kind: "unavailable", error: outage });
});

Deno.test("attempt() sees a mod that begins unawaited while its sends are waited for", async () => {
  const send = Promise.withResolvers<void>();
  const outcome = attempt(
    () => {
      const scope = currentMessageScope();
      scope?.defer(send.promise);
      send.promise.then(() => {
        const leave = scope?.enter("database_insert");
        setImmediate(() => leave?.());
      });
      return { status: "success" };
    },
    MESSAGE,
    CONTEXT,
  );
  send.resolve();
  assert.match(
    String((await outcome as { error?: unknown }).error),
    /runMod\("database_insert"\) was still running/,
  );
});

for (const ending of ["success", "error"] as const) {
  Deno.test(`attempt() that ends with ${ending} leaves what the processor set going outside of messages`, async () => {
    const timer = Promise.withResolvers<void>();
    const seen: boolean[] = [];
    let ticking: Promise<void> | undefined;
    const tick = () => void seen.push(currentMessageScope() !== undefined);
    const outcome = await attempt(
      () => {
        tick();
        ticking = timer.promise.then(tick);
        return ending === "success" ? { status: "success" } : { status: "error", error: "no" };
      },
      MESSAGE,
      CONTEXT,
    );
    timer.resolve();
    await ticking;
    assert.equal(outcome.ok, ending === "success");
    assert.deepEqual(seen, [true, false]);
  });
}
