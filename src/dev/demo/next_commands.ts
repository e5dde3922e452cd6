import type { Screen } from "./screen.ts";

/** A command to try, and what it does. */
export interface NextCommand {
  readonly command: string;
  readonly what: string;
}

/** How whoever runs this process called Deno: `npx --yes deno@2.9.6` where it came by npx and may not be installed. */
export function denoAsCalled(env: (name: string) => string | undefined, version: string): string {
  return env("npm_command") === "exec" ? `npx --yes deno@${version}` : "deno";
}

/** After the demo. */
export const afterDemo = (deno: string): readonly NextCommand[] => [
  {
    what: "look at the orders",
    command: `${deno} task demo --query "SELECT * FROM orders LIMIT 5"`,
  },
  {
    what: "write new ones to a Kafka that stays; then let the job fetch them (Ctrl+C stops it)",
    command: `${deno} task demo --write 100`,
  },
  { what: "", command: `${deno} task run jobs/orders.ts` },
];

/** After writing alone. The context file names port 9092, which may have been taken. */
export function afterWriting(deno: string, bootstrap: string): readonly NextCommand[] {
  const setting = bootstrap === "localhost:9092" ? "" : `KAFKA_BOOTSTRAP_SERVERS=${bootstrap} `;
  return [
    {
      what: "have the job fetch them; Ctrl+C stops it",
      command: `${setting}${deno} task run jobs/orders.ts`,
    },
    { what: "end that Kafka", command: `${deno} task kafka down` },
  ];
}

/** Shows commands. */
export function tellNext(screen: Screen, commands: readonly NextCommand[]): void {
  screen.line();
  screen.line(screen.bold("To try next"));
  for (const { what, command } of commands) {
    if (what !== "") screen.say(screen.faint(`# ${what}`));
    screen.say(command);
  }
}
