import { buildApplication, proposeCompletions, type RouteMap, run } from "../deps/stricli.ts";
import { VERSION } from "../core/version.ts";
import { EXIT_CODES, exitCodeOf } from "../job/exit_codes.ts";
import { COMPLETE } from "./completion_scripts.ts";
import { commandNamed } from "./command_named.ts";
import type { CliContext } from "./context.ts";
import { exitCodeFor } from "./exit_code.ts";
import { asHelp } from "./help.ts";
import { NAME, stricliText, withHelpOf } from "./text.ts";

/** Runs one command line by the commands that there are; gives its exit code. */
export async function runRoutes(
  routes: RouteMap<CliContext>,
  args: readonly string[],
  context: CliContext,
): Promise<number> {
  const app = buildApplication<CliContext>(
    routes,
    {
      name: NAME,
      versionInfo: { currentVersion: VERSION },
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      documentation: { useAliasInUsageLine: false },
      localization: { text: stricliText },
      determineExitCode: exitCodeOf,
    },
  );
  const [first, ...words] = args;
  if (first === COMPLETE) {
    // a word, a tab, what it is for: for the scripts of `datapy completions`
    for (const { completion, brief } of await proposeCompletions(app, words, context)) {
      if (completion === "--") continue; // it completes nothing
      context.machine.writeOut(`${completion}\t${brief}\n`);
    }
    return EXIT_CODES.stopped;
  }
  const { stdout, stderr } = context.process;
  const command = commandNamed(args, routes);
  const process = {
    ...context.process,
    stdout: rewriting(stdout, asHelp),
    stderr: rewriting(stderr, (text) => withHelpOf(command, text)),
  };
  await run(app, args, { ...context, process });
  return exitCodeFor(Number(process.exitCode ?? 0));
}

type Stream = CliContext["process"]["stdout"];

/** Only help, the version and words about a wrong command line are written by stricli; commands write to the machine. */
function rewriting(stream: Stream, rewritten: (text: string) => string): Stream {
  return { ...stream, write: (text: string) => stream.write(rewritten(text)) };
}
