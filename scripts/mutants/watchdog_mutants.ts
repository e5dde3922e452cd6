import type { Mutant } from "./mutants.ts";

/** Mistakes in what watches the consumer's own steps, gives a session up, and tells of states that last. */
export const WATCHDOG_MUTANTS: readonly Mutant[] = [
  // when a step counts as stuck
  {
    name: "the watchdog has no bounds",
    file: "watchdog.ts",
    find: "if (ms < bound) return false;",
    replace: "if (ms < Infinity) return false;",
  },
  {
    name: "the watchdog does not see that a step moves",
    file: "watchdog.ts",
    find: "if (seen?.moves !== moves) {",
    replace: "if (seen === undefined) {",
  },
  {
    name: "the watchdog takes every look for a move",
    file: "watchdog.ts",
    find: "if (seen?.moves !== moves) {",
    replace: "if (seen === undefined || seen.since >= 0) {",
  },
  {
    name: "the watchdog counts time in which nothing could run",
    file: "watchdog.ts",
    find: "seen.since += heldMs;",
    replace: "",
  },
  {
    name: "the watchdog looks once",
    file: "watch.ts",
    find: "this.#look();\n      this.begin();",
    replace: "this.#look();",
  },
  {
    name: "the watchdog judges a drain",
    file: "watch.ts",
    find: "if (!this.#ports.isStopping()) this.#watchdog.look();",
    replace: "this.#watchdog.look();",
  },
  {
    name: "the watchdog's timer outlives the loop",
    file: "watch.ts",
    find: "this.#timer?.[Symbol.dispose]();",
    replace: "",
  },
  {
    name: "the bound of a join leaves out the rebalance",
    file: "bounds.ts",
    find: "settings.rebalanceTimeoutMs + settings.sessionTimeoutMs + 2",
    replace: "settings.sessionTimeoutMs + 2",
  },

  // which steps there are
  {
    name: "the watchdog judges a message in its processor",
    file: "own_steps.ts",
    find: 'if (vitals.stage !== "commit") continue;',
    replace: 'if (vitals.stage === "commit") continue;',
  },
  {
    name: "a commit that is on its way is not watched",
    file: "own_steps.ts",
    find: "if (commit !== undefined) steps.push(commit);",
    replace: "",
  },
  {
    name: "a record that is not handed out is not watched",
    file: "own_steps.ts",
    find: "link.isOpen && dispatcher.couldHandOut",
    replace: "!link.isOpen && dispatcher.couldHandOut",
  },
  {
    name: "a session that does not come is not watched",
    file: "link.ts",
    find: "if (this.#session !== undefined) return this.#session.underWay();",
    replace:
      "if (this.#session !== undefined) return this.#session.underWay();\n    if (topics.length > 0) return [];",
  },

  // what is done about it
  {
    name: "the watchdog warns and never escalates",
    file: "watchdog.ts",
    find: "if (ms >= 2 * bound) {",
    replace: "if (ms >= Infinity) {",
  },
  {
    name: "the consumer is made anew at once, without a warning",
    file: "watchdog.ts",
    find: "if (ms >= 2 * bound) {",
    replace: "if (ms >= bound) {",
  },
  {
    name: "the consumer is made anew in silence",
    file: "watchdog.ts",
    find: "log.warning(`${what}: making the consumer anew, what is not committed comes again`);",
    replace: "",
  },
  {
    name: "the consumer is made anew again and again, and never ends",
    file: "watchdog.ts",
    find: "this.#madeAnewAt !== undefined && now - this.#madeAnewAt < AGAIN_MS + bound",
    replace: "this.#madeAnewAt !== undefined && now - this.#madeAnewAt < 0",
  },
  {
    name: "a consumer that was made anew is never forgiven",
    file: "watchdog.ts",
    find: "now - this.#madeAnewAt < AGAIN_MS + bound",
    replace: "now - this.#madeAnewAt < Infinity",
  },
  {
    name: "a consumer is made anew without fencing what it has",
    file: "poll_loop.ts",
    find: 'this.#reading.lose(this.#reading.assignments.all, "made_anew");',
    replace: "",
  },
  {
    name: "a session that was given up is heard",
    file: "link.ts",
    find: "this.#isCut = true;\n    this.#committer?.abandon();",
    replace: "this.#committer?.abandon();",
  },
  {
    name: "who waits for a commit of a session that was given up waits for ever",
    file: "link.ts",
    find: "this.#committer?.abandon();",
    replace: "",
  },
  {
    name: "a session that was given up is not closed",
    file: "link.ts",
    find: "return await this.close();",
    replace: "return true;",
  },
  {
    name: "a session that does not close is waited for without a bound",
    file: "link.ts",
    find: "await within(this.#ports.clock, CLOSE_MS, closing)",
    replace: "await closing.then(() => true)",
  },
  {
    name: "no new session begins after one was given up",
    file: "poll_loop.ts",
    find: "if (!this.#stopping) await this.#open();",
    replace: "",
  },
  {
    name: "messages are handed out before the new session is there",
    file: "dispatcher.ts",
    find: "if (!this.#ports.isOpen()) return;",
    replace: "",
  },

  // lines of states and long messages
  {
    name: "a state that lasts is told of once",
    file: "state_lines.ts",
    find: "this.#nextAt = now + line.everyMs;",
    replace: "this.#nextAt = Infinity;",
  },
  {
    name: "a state that lasts is told of at each look",
    file: "state_lines.ts",
    find: "this.#nextAt = now + line.everyMs;",
    replace: "",
  },
  {
    name: "a long message counts as nothing to read",
    file: "state_lines.ts",
    find: "return isBusy || vitals.outage !== undefined",
    replace: "return (isBusy && vitals.topics.length === 0) || vitals.outage !== undefined",
  },
  {
    name: "a message that is long in work is named at each look",
    file: "long_work.ts",
    find: "ageMs + Math.min(ageMs, LONGEST_MS)",
    replace: "ageMs + Math.min(ageMs, 1)",
  },
  {
    name: "a message that is long in work is named ever more rarely",
    file: "long_work.ts",
    find: "ageMs + Math.min(ageMs, LONGEST_MS)",
    replace: "ageMs * 2",
  },
];
