/** What a command reads, passed in so that tests need neither a terminal nor files. */
export interface Input {
  /** Standard input, in pieces as they come. */
  stdin(): AsyncIterable<Uint8Array>;
  /** Whether standard input is a terminal: somebody types. */
  readonly stdinIsTerminal: boolean;
  /** A file, in pieces. The system's error is thrown where it cannot be read. */
  file(path: string): AsyncIterable<Uint8Array>;
}

/** The input of this process. */
export const processInput: Input = {
  stdin: () => Deno.stdin.readable,
  get stdinIsTerminal() {
    return Deno.stdin.isTerminal();
  },
  async *file(path) {
    yield* (await Deno.open(path)).readable;
  },
};
