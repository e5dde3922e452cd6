import type { LogFields, Logger } from "../../src/core/logger.ts";

/** One line that was logged. */
export interface LoggedLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it is told. */
export class RecordingLogger implements Logger {
  readonly lines: LoggedLine[] = [];

  /** The messages of one level. */
  messages(level: keyof Logger): readonly string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message);
  }

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "debug", message, fields });
  }
  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "info", message, fields });
  }
  warning(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "warning", message, fields });
  }
  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "error", message, fields });
  }
  critical(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: "critical", message, fields });
  }
}
