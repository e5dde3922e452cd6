import { example } from "../text.ts";

/** Words of `datapy jobs`. */
export const jobsText = {
  brief: "List the jobs that can be run",
  full: example(
    "In a compiled program: the jobs that are parts of it, by their names. Elsewhere: the files in this folder, and in jobs/ " +
      "below it, that export a main and are no tests.",
    "datapy jobs",
  ),
  none: "There is no job in this folder, nor in jobs/ below it",
} as const;
