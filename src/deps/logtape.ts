/** Hands log records to where they are written. */
export {
  configureSync,
  getConfig,
  getLogger,
  type LogLevel,
  type LogRecord,
} from "npm:@logtape/logtape@2.4.2";
