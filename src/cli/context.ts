import type { ApplicationContext } from "../deps/stricli.ts";
import type { Kafka, KafkaPlace, KafkaStatus, StartOptions } from "../dev/kafka/mod.ts";
import type { DownResult } from "../dev/kafka/mod.ts";
import type { StopSignals } from "../control/stop_signals.ts";
import type { Mod } from "../core/define_mod.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Input } from "../runtime/input.ts";
import type { Process } from "../runtime/process.ts";
import type { BrokerLibrary } from "./brokers.ts";
import type { BuildLibrary } from "./build/library.ts";
import type { CheckLibrary } from "./check/library.ts";
import type { PostgresLibrary } from "./postgres_commands.ts";
import type { NewLibrary } from "./new/library.ts";

/** What commands need: streams and an exit code for stricli, and the library behind each command. */
export interface CliContext extends ApplicationContext {
  readonly machine: Process;
  readonly clock: Clock;
  /** What Ctrl+C and SIGTERM ask to stop; without a member of it they end the process at once. */
  readonly stopSignals: StopSignals;
  readonly input: Input;
  readonly kafka: KafkaLibrary;
  readonly postgres: PostgresLibrary;
  readonly jobs: JobLibrary;
  readonly brokers: BrokerLibrary;
  readonly builds: BuildLibrary;
  readonly checks: CheckLibrary;
  readonly projects: NewLibrary;
  /** All mods that are registered. */
  readonly mods: () => Promise<readonly Mod[]>;
}

/** The library behind `kafka`. */
export interface KafkaLibrary {
  start(options: StartOptions): Promise<Kafka>;
  stop(place: KafkaPlace): Promise<DownResult>;
  status(place: KafkaPlace): Promise<KafkaStatus>;
}

/** A job that can be run. */
export interface KnownJob {
  readonly name: string;
  /** Its file, from the folder in which the command line or the build of the program was started. */
  readonly file: string;
}

/** The library behind `run` and `jobs`. */
export interface JobLibrary {
  /** Whether jobs are parts of this program, known by name and by the file that they were; else they are files. */
  readonly areCompiledIn?: boolean;
  /** The jobs that are there. */
  list(): Promise<readonly KnownJob[]>;
  /** What stands at a path. */
  kindOf(path: string): Promise<"file" | "folder" | "nothing">;
  /** Names of the files beside a path. */
  neighbours(path: string): Promise<readonly string[]>;
  /** What a module exports. */
  load(path: string): Promise<Readonly<Record<string, unknown>>>;
  /** Runs a job's main to its end, with a context file in place of its own if one is given, and ends the process. */
  exitWith(main: () => unknown, contextFile: string | undefined): Promise<unknown>;
}

/** Ends a command with words and an exit code that are not an error's. */
export function endWith(context: CliContext, code: number, words: string): void {
  context.machine.writeError(`${words}\n`);
  context.process.exitCode = code;
}
