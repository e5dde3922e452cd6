import { example } from "../text.ts";

/** Words of `datapy sleep`. */
export const sleepText = {
  brief: "Wait, then end with 0",
  full: example(
    "For a preStop hook in an image that has no sleep of its own. SIGTERM and Ctrl+C end it early, with 0 as well.",
    "datapy sleep 5",
  ),
  seconds: "How long, in seconds, from 0 to 3600",
  expected: (longest: number) => `expected seconds, from 0 to ${longest}`,
} as const;
