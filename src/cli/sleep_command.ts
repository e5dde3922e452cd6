import { buildCommand } from "../deps/stricli.ts";
import type { CliContext } from "./context.ts";
import { sleepText } from "./text/sleep.ts";

const LONGEST_S = 3600;

/** `datapy sleep SECONDS` */
async function run(this: CliContext, _flags: object, seconds: number): Promise<void> {
  const stop = new AbortController();
  const leave = this.stopSignals.join({ requestStop: () => stop.abort() });
  try {
    await this.clock.sleep(seconds * 1000, stop.signal);
  } finally {
    leave();
  }
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds > LONGEST_S) throw new RangeError(sleepText.expected(LONGEST_S));
  return seconds;
}

/** The `sleep` of an image without a shell: a preStop hook gives a cluster time to take a pod out of its routes. */
export const sleep = buildCommand<object, [seconds: number], CliContext>({
  func: run,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: sleepText.seconds, parse: parseSeconds, placeholder: "SECONDS" }],
    },
  },
  docs: { brief: sleepText.brief, fullDescription: sleepText.full },
});
