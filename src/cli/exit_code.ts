import { ExitCode } from "../deps/stricli.ts";
import { EXIT_CODES } from "../job/exit_codes.ts";

/** Our exit code for stricli's: its negative ones would become 251 and the like. */
export function exitCodeFor(stricli: number): number {
  switch (stricli) {
    case ExitCode.UnknownCommand:
    case ExitCode.InvalidArgument:
      return EXIT_CODES.usage;
    default:
      return stricli < 0 ? EXIT_CODES.failed : stricli;
  }
}
