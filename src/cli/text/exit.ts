import type { EXIT_CODES } from "../../job/exit_codes.ts";

/** Words of the table of exit codes. */
export const exitText = {
  title: "EXIT CODES",
  codes: {
    stopped: "done, or stopped as it was asked to",
    failed: "failed: something is away or in use, or what was asked did not work; trying again may help",
    usage: "the command line is wrong",
    configuration: "something is set up wrongly; trying again does not help",
    interrupted: "ended by Ctrl+C",
  } satisfies Record<keyof typeof EXIT_CODES, string>,
} as const;
