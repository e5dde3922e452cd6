import { type Pattern, PATTERNS } from "./patterns.ts";

/** The README of a new project: ten lines. */
export function readmeText(name: string, pattern: Pattern): string {
  return `# ${name}

A DataPy job: ${PATTERNS[pattern].words}.

- \`deno task test\`: its test, on topics in memory.
- \`deno task check\`: its types.
- \`deno task run\`: the job, until Ctrl+C. \`deno.json\` says what it is permitted.
- Settings: \`${name}_context.json\`. A variable wins: \`KAFKA_INPUT_TOPIC\` over \`kafka.input_topic\`.
- Passwords belong into variables or mounted files (\`KAFKA_PASSWORD_FILE\`), never into that file.
`;
}
