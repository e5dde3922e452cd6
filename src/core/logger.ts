/** Values that belong to one log event, such as topic and offset. Never a payload, never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

/** What mods and the consumer log to. The levels are the seed's: DEBUG, INFO, WARNING, ERROR, CRITICAL. */
export interface Logger {
  /** Details of single messages; off in production. */
  debug(message: string, fields?: LogFields): void;
  /** Summaries and changes of state. */
  info(message: string, fields?: LogFields): void;
  /** Something that recovers by itself, such as a retry. */
  warning(message: string, fields?: LogFields): void;
  /** One message failed. */
  error(message: string, fields?: LogFields): void;
  /** The job ends because of this. */
  critical(message: string, fields?: LogFields): void;
}

/** A logger that drops everything: for tests, and for a library that is imported without `setupLogging`. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warning() {},
  error() {},
  critical() {},
};
