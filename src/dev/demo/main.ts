/** The demo: `deno task demo`. What it does stands in arguments.ts. */
import { processStopSignals } from "../../control/stop_signals.ts";
import { errorText } from "../../core/errors.ts";
import { queryDuckDb } from "../../database/duckdb/query.ts";
import { EXIT_CODES, exitCodeOf } from "../../job/exit_codes.ts";
import { thisProcess } from "../../runtime/process.ts";
import { denoVersion, terminalColumns } from "../../runtime/terminal.ts";
import { startKafka, systemTools } from "../kafka/mod.ts";
import { type Asked, readArguments, USAGE } from "./arguments.ts";
import { runDemo } from "./demo.ts";
import { afterDemo, afterWriting, denoAsCalled, tellNext } from "./next_commands.ts";
import { answer } from "./query.ts";
import { Screen } from "./screen.ts";
import { writeOnly } from "./write_only.ts";

const screen = new Screen(thisProcess, terminalColumns);

/** Does what was asked for. Resolves to the exit code. */
async function perform(asked: Asked, signal: AbortSignal): Promise<number> {
  const deno = denoAsCalled(thisProcess.env, denoVersion);
  const tools = systemTools();
  switch (asked.kind) {
    case "help":
      thisProcess.writeOut(USAGE);
      return EXIT_CODES.stopped;
    case "wrong":
      thisProcess.writeError(`Cannot run the demo: ${asked.problem}\n\n${USAGE}`);
      return EXIT_CODES.usage;
    case "query":
      for (const line of await answer(queryDuckDb, asked.sql)) screen.line(line);
      return EXIT_CODES.stopped;
    case "write": {
      const ports = { screen, signal, startKafka, now: tools.clock.wallTime() };
      tellNext(screen, afterWriting(deno, await writeOnly(ports, asked.messages)));
      return EXIT_CODES.stopped;
    }
    case "run":
      if (!await runDemo({ tools, screen, signal, query: queryDuckDb, startKafka }, asked.messages)) {
        return EXIT_CODES.failed;
      }
      tellNext(screen, afterDemo(deno));
      return EXIT_CODES.stopped;
  }
}

async function main(): Promise<number> {
  const asked = readArguments(thisProcess.args);
  const stop = new AbortController();
  const leave = processStopSignals.join({
    requestStop(signal) {
      screen.progress(undefined);
      screen.line(
        `${signal}: stopping${asked.kind === "run" ? "; the job and Kafka end with the demo" : ""}.`,
      );
      stop.abort(new DOMException(signal, "AbortError"));
    },
  });
  try {
    return await perform(asked, stop.signal);
  } catch (error) {
    screen.progress(undefined);
    if (stop.signal.aborted) return EXIT_CODES.interrupted;
    thisProcess.writeError(
      `${screen.bad(asked.kind === "run" ? "The demo failed:" : "Failed:")} ${errorText(error)}\n`,
    );
    return exitCodeOf(error);
  } finally {
    leave();
  }
}

if (import.meta.main) thisProcess.exit(await main());
