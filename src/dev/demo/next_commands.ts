/** A command to try, and what it does. */
export interface NextCommand {
  readonly command: string;
  readonly what: string;
}

/** How whoever runs this process called Deno: `npx --yes deno@2.9.6`, where it came by npx and may not be installed. */
export function denoAsCalled(env: (name: string) => string | undefined, version: string): string {
  return env("npm_command") === "exec" ? `npx --yes deno@${version}` : "deno";
}
