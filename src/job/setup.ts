import { currentContext, setupContext as setCurrentContext } from "../context/current.ts";
import { loggerFor, setContextLevel, setupLogging as setLogging } from "../logging/logging.ts";

const LEVEL_KEY = "processing.log_level";

/**
 * Begins to log to standard error: a line of time (UTC), level, mod and message, with tabs between; or JSON lines where
 * the variable LOG_FORMAT is `json`. Colours are used on a terminal only, and not where NO_COLOR is set.
 *
 * The level is that of the variable LOG_LEVEL, else `processing.log_level` of the context (whether it is set up before or
 * after), else the argument, else INFO. May be called again. Throws a `ConfigurationError` that lists the levels where
 * one is unknown.
 *
 * @param level DEBUG, INFO, WARNING, ERROR or CRITICAL.
 * @param name Of the job, as it stands in its log.
 */
export function setupLogging(level?: string, name?: string): void {
  let contextLevel: unknown;
  try {
    contextLevel = currentContext().value(LEVEL_KEY);
  } finally {
    setLogging({ level, name, contextLevel });
  }
}

/**
 * Reads the context file that `${section.key}` in the parameters of mods refers to: a JSON object of sections. Without a
 * file, references are looked for in the environment alone, as they are where this is never called.
 *
 * Where the job was started with `--context FILE`, that file is read in place of this one.
 *
 * A variable overrides a key: KAFKA_USERNAME that of `kafka.username`; KAFKA_USERNAME_FILE names a file to read it from,
 * as a mounted secret is. A context replaces the one before. Throws a `ConfigurationError` that names the file, and line
 * and column where it is not JSON.
 *
 * @param file Path, from the folder in which the job was started, or URL.
 */
export function setupContext(file?: string | URL): void {
  const log = loggerFor("context");
  setCurrentContext(file, (message) => log.debug(message));
  setContextLevel(currentContext().value(LEVEL_KEY));
}
