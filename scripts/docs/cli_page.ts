import { runApp } from "../../src/cli/app.ts";
import type { CliContext } from "../../src/cli/context.ts";

/** What `datapy WORDS --help` prints. */
async function helpOf(words: readonly string[]): Promise<string> {
  let printed = "";
  const stream = { write: (text: string) => void (printed += text), getColorDepth: () => 1 };
  // help needs nothing but a place to print to
  const context = { process: { stdout: stream, stderr: stream } } as unknown as CliContext;
  await runApp([...words, "--help"], context);
  return printed.trimEnd();
}

/** The commands below one, as its help lists them. */
function commandsIn(help: string): readonly string[] {
  const list = /^COMMANDS\n((?: {2}.*\n?)+)/m.exec(`${help}\n`)?.[1] ?? "";
  return [...list.matchAll(/^ {2}(\S+)/gm)].map(([, name = ""]) => name);
}

async function sections(words: readonly string[], depth: number): Promise<readonly string[]> {
  const help = await helpOf(words);
  const title = words.length === 0 ? "datapy" : `datapy ${words.join(" ")}`;
  const parts = [`${"#".repeat(depth)} ${title}`, `\`\`\`text\n${help}\n\`\`\``];
  for (const name of commandsIn(help)) parts.push(...await sections([...words, name], 2));
  return parts;
}

const INTRODUCTION = `# The command line

Made from the commands' own help by \`deno task docs\`. In a checkout \`datapy\` is \`deno task datapy\`.`;

/** The page of all commands. */
export async function cliPage(): Promise<string> {
  return `${[INTRODUCTION, ...await sections([], 2)].join("\n\n")}\n`;
}
