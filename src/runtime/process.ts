/** This process, as far as a job needs it; passed in so that tests can look at what it does. */
export interface Process {
  /** A variable of the environment; undefined where it is not set or may not be read. */
  env(name: string): string | undefined;
  /** Writes to standard error at once, even while the process ends. */
  writeError(text: string): void;
  /** Writes to standard output. */
  writeOut(text: string): void;
  /** Whether standard error is a terminal. */
  readonly errorIsTerminal: boolean;
  /** Whether standard output is a terminal. */
  readonly outIsTerminal: boolean;
  readonly args: readonly string[];
  readonly pid: number;
  /** Ends the process at once. */
  exit(code: number): never;
}

const encoder = new TextEncoder();

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = encoder.encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error; // the reader has gone: nobody to tell
  }
}

/** The process that this runs in. */
export const thisProcess: Process = {
  env(name) {
    try {
      return Deno.env.get(name);
    } catch {
      return undefined; // not permitted: as if it were not set
    }
  },
  writeError: (text) => writeAll(Deno.stderr, text),
  writeOut: (text) => writeAll(Deno.stdout, text),
  get errorIsTerminal() {
    return Deno.stderr.isTerminal();
  },
  get outIsTerminal() {
    return Deno.stdout.isTerminal();
  },
  get args() {
    return Deno.args;
  },
  get pid() {
    return Deno.pid;
  },
  exit: (code) => Deno.exit(code),
};
