/** Somebody at a terminal who can be asked, passed in so that tests can answer. */
export interface Questions {
  /** Whether somebody is there: standard input and standard error are a terminal. */
  readonly canAsk: boolean;
  /** Writes the question to standard error and waits for a line; undefined where the input has ended. */
  ask(question: string): string | undefined;
}

const encoder = new TextEncoder();

/** A terminal hands over whole lines; a line that is longer than this is cut. */
const LONGEST_LINE = 4096;

/** The terminal of this process. */
export const systemQuestions: Questions = {
  get canAsk() {
    return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  },
  ask(question) {
    Deno.stderr.writeSync(encoder.encode(question));
    const buffer = new Uint8Array(LONGEST_LINE);
    const length = Deno.stdin.readSync(buffer);
    return length === null ? undefined : new TextDecoder().decode(buffer.subarray(0, length)).trim();
  },
};
