/** How large a terminal is, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A terminal that is drawn on; passed in so that tests can be one. */
export interface Screen {
  size(): TerminalSize;
  /** Calls back after each change of the size until it is disposed. Never, on Windows. */
  onResize(callback: () => void): Disposable;
}

/** The terminal of this process; 80 by 24 where standard output is none. */
export const systemScreen: Screen = {
  size() {
    try {
      return Deno.consoleSize();
    } catch {
      return { columns: 80, rows: 24 };
    }
  },
  onResize(callback) {
    if (Deno.build.os === "windows") return { [Symbol.dispose]() {} };
    Deno.addSignalListener("SIGWINCH", callback);
    return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGWINCH", callback) };
  },
};

/** How many characters a line of the terminal holds; 80 where standard output is none. */
export function terminalColumns(): number {
  return systemScreen.size().columns;
}

/** The version of Deno that this runs on, such as `2.9.6`. */
export const denoVersion: string = Deno.version.deno;
