import { configureSync, getConfig, getLogger, type LogRecord } from "../deps/logtape.ts";
import { ConfigurationError } from "../core/errors.ts";
import { jobName } from "../core/job_name.ts";
import { JobLocal } from "../core/job_scope.ts";
import type { LogFields, Logger } from "../core/logger.ts";
import { type Process, thisProcess } from "../runtime/process.ts";
import { jsonLine, type LogEvent, textLine } from "./format.ts";
import { chooseLevel, type Level, levelOf, LEVELS, LOGTAPE_LEVELS } from "./levels.ts";

/** What logging needs of the process. */
export type LoggingProcess = Pick<Process, "env" | "writeError" | "errorIsTerminal">;

/** What `setupLogging` is told. */
export interface LoggingOptions {
  /** DEBUG, INFO, WARNING, ERROR or CRITICAL: counts where neither LOG_LEVEL nor the context names one. */
  readonly level?: string | undefined;
  /** Name of the job: it stands where a line is not a mod's, and in every JSON line. */
  readonly name?: string | undefined;
  /** `processing.log_level` of the context. */
  readonly contextLevel?: unknown;
}

/** The category in logtape below which all our loggers are. */
const CATEGORY = "datapy";

/** How a job logs. */
interface State {
  argument: string | undefined;
  contextLevel: unknown;
  job: string;
  output: LoggingProcess;
  isSetUp: boolean;
  /** What a capture is given. */
  level: Level;
}

const state = new JobLocal<State>(() => ({
  argument: undefined,
  contextLevel: undefined,
  job: "job",
  output: thisProcess,
  isSetUp: false,
  level: "WARNING",
}));

/** Takes the lines of a job that a test runs, in place of standard error and of logtape. */
export interface LogCapture {
  /** A variable of the job's environment: LOG_LEVEL counts. */
  env(name: string): string | undefined;
  /** Takes what the job's level lets through. */
  take(event: LogEvent): void;
}

/** Where the lines of the job go; undefined is standard error. */
export const logCapture: JobLocal<LogCapture | undefined> = new JobLocal(() => undefined);

/**
 * Begins to log to standard error, in place of whatever was configured in logtape before: tab-delimited lines, or JSON
 * lines where the variable LOG_FORMAT is `json`. May be called again.
 *
 * The level is that of the variable LOG_LEVEL, else `processing.log_level` of the context, else the argument, else INFO.
 * Throws a `ConfigurationError` that lists what there is where level or format is unknown; it then logs at INFO, so that
 * the error can be told.
 */
export function setupLogging(options: LoggingOptions = {}, process: LoggingProcess = thisProcess): void {
  const own = state.get();
  own.argument = options.level;
  own.job = options.name ?? own.job;
  jobName.set({ name: own.job });
  own.contextLevel = options.contextLevel;
  own.output = process;
  own.isSetUp = true;
  apply(own);
}

/** `processing.log_level` of a context that was set up later. Throws as {@link setupLogging} does. */
export function setContextLevel(level: unknown): void {
  const own = state.get();
  own.contextLevel = level;
  if (own.isSetUp) apply(own);
}

function apply(own: State): void {
  const { argument, contextLevel } = own;
  const capture = logCapture.get();
  if (capture !== undefined) {
    own.level = chooseLevel({ environment: capture.env("LOG_LEVEL"), context: contextLevel, argument });
    return;
  }
  const { output } = own;
  const environment = output.env("LOG_LEVEL");
  const format = output.env("LOG_FORMAT") || "text";
  configure("INFO", format, own);
  if (format !== "text" && format !== "json") {
    throw new ConfigurationError(
      `Cannot log in the format ${
        JSON.stringify(format)
      } (from the variable LOG_FORMAT): expected text or json`,
    );
  }
  configure(chooseLevel({ environment, context: contextLevel, argument }), format, own);
}

function configure(level: Level, format: string, { output, job }: State): void {
  const colours = output.errorIsTerminal && !output.env("NO_COLOR") && output.env("TERM") !== "dumb";
  const lines = (event: LogEvent) => format === "json" ? jsonLine(event, job) : textLine(event, colours);
  configureSync({
    reset: true,
    sinks: { stderr: (record) => write(lines(eventOf(record))) },
    loggers: [
      { category: [CATEGORY], sinks: ["stderr"], lowestLevel: LOGTAPE_LEVELS[level] },
      { category: ["logtape", "meta"], sinks: [], lowestLevel: "error" },
    ],
  });
}

function eventOf(record: LogRecord): LogEvent {
  return {
    time: record.timestamp,
    level: levelOf(record.level),
    mod: record.category.slice(1).join("."),
    // the raw message: what stands in braces is part of the text here, not a placeholder
    message: String(record.rawMessage),
    fields: record.properties,
  };
}

/** A line that cannot be written is lost; the job is worth more than its log. */
function write(line: string): void {
  try {
    state.get().output.writeError(line);
  } catch {
    // a full disk or a closed stream: nobody to tell
  }
}

/**
 * A logger of a mod, or of the job where no mod is named. Before `setupLogging`, or a configuration of logtape by the
 * user, warnings and errors go to standard error as text, and nothing else is logged.
 */
export function loggerFor(mod?: string): Logger {
  return {
    debug: (message, fields) => log("DEBUG", mod, message, fields),
    info: (message, fields) => log("INFO", mod, message, fields),
    warning: (message, fields) => log("WARNING", mod, message, fields),
    error: (message, fields) => log("ERROR", mod, message, fields),
    critical: (message, fields) => log("CRITICAL", mod, message, fields),
  };
}

function log(level: Level, given: string | undefined, message: string, fields: LogFields = {}): void {
  const own = state.get();
  const mod = given ?? own.job;
  const capture = logCapture.get();
  if (capture !== undefined) {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(own.level)) return;
    return capture.take({ time: Date.now(), level, mod, message, fields });
  }
  if (getConfig() !== null) return getLogger([CATEGORY, mod])[LOGTAPE_LEVELS[level]](message, fields);
  if (level === "DEBUG" || level === "INFO") return;
  write(textLine({ time: Date.now(), level, mod, message, fields }, false));
}
