import type { LogLevel } from "../deps/logtape.ts";
import { ConfigurationError } from "../core/errors.ts";

/** The seed's levels, and what logtape calls them. */
export const LOGTAPE_LEVELS = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warning",
  ERROR: "error",
  CRITICAL: "fatal",
} as const satisfies Readonly<Record<string, LogLevel>>;

/** A level as it is set and printed. */
export type Level = keyof typeof LOGTAPE_LEVELS;

/** All levels, the least important first. */
export const LEVELS = Object.keys(LOGTAPE_LEVELS) as readonly Level[];

/** The level of a record of logtape. */
export function levelOf(level: LogLevel): Level {
  return LEVELS.find((name) => LOGTAPE_LEVELS[name] === level) ?? "DEBUG"; // trace: nobody here uses it
}

/** Where a level may be set, the first that is set wins. Empty and undefined count as not set. */
export interface LevelSources {
  /** The variable LOG_LEVEL. */
  readonly environment: string | undefined;
  /** `processing.log_level` of the context. */
  readonly context: unknown;
  /** The argument of `setupLogging`. */
  readonly argument: string | undefined;
}

/** The level to log at; INFO where none is set. Throws a `ConfigurationError` that lists the levels. */
export function chooseLevel(sources: LevelSources): Level {
  const named: readonly (readonly [string, unknown])[] = [
    ["the variable LOG_LEVEL", sources.environment],
    ["processing.log_level of the context", sources.context],
    ["the argument of setupLogging", sources.argument],
  ];
  for (const [source, value] of named) {
    if (value === undefined || value === null || value === "") continue;
    const level = LEVELS.find((name) => typeof value === "string" && name === value.toUpperCase());
    if (level !== undefined) return level;
    const got = typeof value === "string" ? JSON.stringify(value) : `a ${typeof value}`;
    throw new ConfigurationError(
      `Cannot set the log level to ${got} (from ${source}): expected one of ${LEVELS.join(", ")}`,
    );
  }
  return "INFO";
}
