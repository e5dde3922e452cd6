import { type Pattern, PATTERNS, variableOf } from "./patterns.ts";

/** The README of a new project: ten lines. */
export function readmeText(name: string, pattern: Pattern): string {
  const { words, topic, database } = PATTERNS[pattern];
  const withPassword = database === undefined ? "KAFKA_PASSWORD" : variableOf(database);
  return `# ${name}

A DataPy job: ${words}.

- \`deno task test\`: its test, on topics in memory.
- \`deno task check\`: its types.
- \`deno task run\`: the job, until Ctrl+C. \`deno.json\` says what it is permitted.
- Settings: \`${name}_context.json\`. A variable wins: \`${variableOf(topic)}\` over \`${topic}\`.
- Passwords belong into variables or mounted files (\`${withPassword}_FILE\`), never into that file.
`;
}
