import type { Report } from "../dev/kafka/mod.ts";
import type { Process } from "../runtime/process.ts";

const CLEAR_LINE = "\r\x1b[2K";

/** Words about progress on standard error; lines that overwrite each other on a terminal only. */
export function terminalReport(process: Process): Report {
  let shown = false;
  const clear = () => {
    if (shown) process.writeError(CLEAR_LINE);
    shown = false;
  };
  return {
    line(text) {
      clear();
      process.writeError(`${text}\n`);
    },
    progress(text) {
      if (!process.errorIsTerminal) return;
      clear();
      if (text === undefined) return;
      process.writeError(text);
      shown = true;
    },
  };
}
