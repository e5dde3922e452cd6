import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ConfigurationError,
  PermanentError,
  RecordError,
  UnavailableError,
} from "../../../src/core/errors.ts";
import { currentMessageScope, inMessageScope, MessageScope } from "../../../src/core/message_scope.ts";
import { settle } from "../../support/manual_clock.ts";

Deno.test("MessageScope.running is what was entered and not left, oldest first", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(4)), async (steps) => {
    const scope = new MessageScope();
    const open: [string, () => void][] = [];
    let idle = 0;
    for (const [i, step] of steps.entries()) {
      if (step < 3) {
        open.push([`mod ${i}`, scope.enter(`mod ${i}`)]);
      } else {
        const [, leave] = open.splice(step % Math.max(open.length, 1), 1)[0] ?? [];
        leave?.();
        leave?.();
      }
      assert.deepEqual(scope.running, open.map(([name]) => name));
    }
    scope.idle().then(() => idle++);
    await Promise.resolve();
    assert.equal(idle, open.length === 0 ? 1 : 0);
    for (const [, leave] of open) leave();
    await settle();
    assert.equal(idle, 1);
  }));
});

Deno.test("MessageScope reaches every await and timer below it, and nothing beside it", async () => {
  const scopes = [new MessageScope(), new MessageScope()];
  const seen = await Promise.all(scopes.map((scope) =>
    inMessageScope(scope, async () => {
      await Promise.resolve();
      await new Promise((resolve) => setTimeout(resolve));
      return currentMessageScope();
    })
  ));
  assert.deepEqual(seen.map((scope, i) => scope === scopes[i]), [true, true]);
  assert.equal(currentMessageScope(), undefined);
});

Deno.test("MessageScope reaches nothing below it any more once it has ended", async () => {
  const scope = new MessageScope();
  const later = Promise.withResolvers<void>();
  const seen: (MessageScope | undefined)[] = [];
  const outer = new MessageScope();
  await inMessageScope(outer, async () => {
    const work = inMessageScope(scope, async () => {
      await Promise.resolve();
      seen.push(currentMessageScope());
      await later.promise;
      seen.push(currentMessageScope());
    });
    await settle();
    scope.end();
    later.resolve();
    await work;
    seen.push(currentMessageScope());
  });
  assert.deepEqual(seen.map((it) => it && [scope, outer].indexOf(it)), [0, undefined, 1]);
});

Deno.test("MessageScope.settled() waits for what was deferred, also for what that defers, and rejects with its failure", async () => {
  const scope = new MessageScope();
  const order: string[] = [];
  scope.defer(
    Promise.resolve().then(() => {
      order.push("first");
      scope.defer(settle().then(() => order.push("second")));
    }),
  );
  await scope.settled();
  assert.deepEqual(order, ["first", "second"]);

  scope.defer(Promise.reject(new UnavailableError("not acknowledged")));
  await settle(); // until then it must not count as an unhandled rejection
  await assert.rejects(scope.settled(), /not acknowledged/);
  await scope.settled();
});

Deno.test("MessageScope.settled() waits for the others although one has failed, and remembers the strongest failure", async () => {
  const scope = new MessageScope();
  const [slow, last] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  scope.defer(slow.promise);
  scope.defer(Promise.reject(new PermanentError("too large")));
  let outcome: string | undefined;
  const settled = scope.settled().catch((error) => void (outcome = error.message));
  await settle();
  assert.equal(outcome, undefined, "one still runs");
  scope.defer(last.promise);
  slow.resolve();
  await settle();
  assert.equal(outcome, undefined, "one came later");
  last.reject(new UnavailableError("not acknowledged"));
  await settled;
  assert.equal(outcome, "too large");
  assert.equal(scope.lasting?.kind, "unavailable");
});

Deno.test("MessageScope.lasting is the strongest outage or configuration error that any mod met", () => {
  const errors = {
    record: () => new RecordError("r"),
    permanent: () => new PermanentError("p"),
    unavailable: () => new UnavailableError("u"),
    configuration: () => new ConfigurationError("c"),
  };
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Object.keys(errors) as (keyof typeof errors)[])), (kinds) => {
      const scope = new MessageScope();
      for (const kind of kinds) scope.failed(errors[kind]());
      const expected = kinds.includes("configuration")
        ? "configuration"
        : kinds.includes("unavailable")
        ? "unavailable"
        : undefined;
      assert.equal(scope.lasting?.kind, expected);
    }),
  );
});
