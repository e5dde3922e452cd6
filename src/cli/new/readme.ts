import { type Pattern, PATTERNS } from "./patterns.ts";

/** The README of a new project: ten lines. */
export function readmeText(name: string, pattern: Pattern): string {
  return `# ${name}

A DataPy job ${PATTERNS[pattern].words}, made by \`datapy new ${name} --pattern ${pattern}\`.

- \`deno task test\` runs its test, on topics in memory; \`deno task check\` checks its types.
- \`deno task run\` runs the job until Ctrl+C. Its permissions stand in \`deno.json\`.
- \`${name}.ts\` is the job, \`${name}_context.json\` its settings. A variable overrides a setting:
  \`KAFKA_INPUT_TOPIC\` that of \`kafka.input_topic\`. Passwords belong into variables or mounted files.
`;
}
