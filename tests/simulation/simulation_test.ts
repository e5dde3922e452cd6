/**
 * Histories of the consumer from fixed seeds, as many as fit into a budget; `deno task simulate` tries more. Each law of
 * the verifier is shown to bite by scripts/mutants.
 */
import assert from "node:assert/strict";
import { historyOf } from "./history.ts";
import { report, shrink, simulate } from "./simulate.ts";
import { play, type Result } from "./world.ts";

/** Machine time for the histories, in milliseconds, and how many there are at most. */
const BUDGET_MS = 10_000;
const SEEDS = 4_000;

Deno.test("PollLoop keeps the laws of delivery in histories of fixed seeds", async () => {
  const { failure, histories } = await simulate(
    Array.from({ length: SEEDS }, (_, i) => `test-${i}`),
    { budgetMs: BUDGET_MS },
  );
  assert.ok(failure === undefined, failure === undefined ? "" : report(failure));
  assert.ok(histories > 0);
});

Deno.test("play() repeats a history exactly", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const [first, second] = [await play(historyOf(String(seed))), await play(historyOf(String(seed)))];
    assert.deepEqual(first.trace, second.trace);
    assert.deepEqual([first.violations, first.steps], [second.violations, second.steps]);
  }
});

Deno.test("shrink() keeps what breaks the law, and drops the rest", async () => {
  const guilty = { do: "rebalance", at: { ms: 1 } } as const;
  const history = historyOf("shrink");
  const others = history.events.filter((event) => event.do !== "rebalance");
  const broken = { ...history, events: [...others.slice(0, 20), guilty, ...others.slice(20)] };
  const isBroken = ({ trace }: Result) => trace.some((line) => line.includes(`"do":"rebalance"`));
  const smaller = await shrink(broken, await play(broken), isBroken);
  assert.ok(others.length > 10);
  assert.deepEqual(smaller.history.events, [guilty]);
});
