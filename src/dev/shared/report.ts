/** Where words about progress go. */
export interface Report {
  /** A line that stays. */
  line(text: string): void;
  /** A line that the next one overwrites; shown on a terminal only. Undefined takes it away. */
  progress(text: string | undefined): void;
}

/** A report that nobody reads. */
export const silentReport: Report = { line() {}, progress() {} };
