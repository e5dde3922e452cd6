/** What a run of `deno test` came to, and what the whole run makes of it. */

/** What the tests of a part came to. */
export interface Outcome {
  /** Exit code of `deno test`. */
  readonly code: number;
  readonly tests: number;
  /** Names of those that were skipped. */
  readonly skipped: readonly string[];
}

/**
 * How many tests there were, and the names of those that were skipped, in a report in JUnit's form. What a filter left out
 * is in it as skipped too, but without a time: that is none of either.
 */
export function readReport(xml: string): Omit<Outcome, "code"> {
  const cases = [...xml.matchAll(/<testcase name="([^"]*)"[^>]* time="[^>]*>\s*(<skipped\/>)?/g)];
  const skipped = cases.filter((match) => match[2] !== undefined).map((match) => unescape(match[1] ?? ""));
  return { tests: cases.length, skipped };
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescape = (text: string) => text.replace(/&(\w+);/g, (all, name) => ENTITIES[name] ?? all);

/** The signals that end a run. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** How the run went, besides its tests. */
export interface Run {
  readonly seconds: number;
  /** The signal that stopped it. */
  readonly stopped: StopSignal | undefined;
  /** Whether CI is set: there, a test that is skipped is a failure. */
  readonly ci: boolean;
}

/** The last words, and the exit code. The words avoid `deno test`'s own form, which is counted elsewhere. */
export function conclude(
  outcomes: readonly Outcome[],
  { seconds, stopped, ci }: Run,
): { readonly code: number; readonly lines: readonly string[] } {
  const tests = outcomes.reduce((sum, outcome) => sum + outcome.tests, 0);
  const skipped = stopped === undefined ? outcomes.flatMap((outcome) => outcome.skipped) : [];
  const tooMany = skipped.length > 0 && ci;
  const ok = stopped === undefined && !tooMany && outcomes.every((outcome) => outcome.code === 0);
  const how = stopped !== undefined ? `Stopped by ${stopped}` : ok ? "All is well" : "Something is wrong";
  const lines = [
    "",
    ...skipped.map((name) => `Skipped: ${name}`),
    ...(tooMany ? ["A test that is skipped is a failure where CI is set"] : []),
    `${how}: ${tests} tests, ${skipped.length} skipped, in ${Math.round(seconds)} s`,
  ];
  if (stopped !== undefined) return { code: stopped === "SIGINT" ? 130 : 143, lines };
  return { code: ok ? 0 : 1, lines };
}
