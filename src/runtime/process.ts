/** This process, as far as a job needs it; passed in so that tests can look at what it does. */
export interface Process {
  /** A variable of the environment; undefined where it is not set or may not be read. */
  env(name: string): string | undefined;
  /** Writes to standard error at once, even while the process ends. */
  writeError(text: string): void;
  /** Writes to standard output. */
  writeOut(text: string): void;
  /** Whether the reader of standard output has gone, as `head` does: what is written is lost. Known after a write. */
  readonly outIsClosed?: boolean;
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

/** How long a reader may stop reading before what is written is lost rather than holding the process. */
const STALLED_MS = 2000;

/** Streams whose reader has gone. */
const closed = new Set<object>();

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = encoder.encode(text);
  let waited = 0;
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(stream.writeSync(bytes));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) return void closed.add(stream); // nobody to tell
      // a pipe or terminal that another process made non-blocking, full for now
      if (!(error instanceof Deno.errors.WouldBlock) || waited >= STALLED_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      waited += 5;
    }
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
  get outIsClosed() {
    return closed.has(Deno.stdout);
  },
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
