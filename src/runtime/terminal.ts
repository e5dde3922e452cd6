/** How many characters a line of the terminal holds; 80 where standard output is none. */
export function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 80;
  }
}

/** The version of Deno that this runs on, such as `2.9.6`. */
export const denoVersion: string = Deno.version.deno;
