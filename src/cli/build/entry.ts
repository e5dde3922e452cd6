import { dirname, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { KnownJob } from "../context.ts";
import type { Home } from "../new/framework.ts";

const PROGRAM = "src/cli/program/main.ts";

/** The program's first module: the command line, and the jobs by their names. Its imports are relative: a compiled program has its modules elsewhere. */
export function entryText(entry: string, jobs: readonly KnownJob[], home: Home): string {
  const lines = jobs.map(({ name, file }) => {
    const parts = [
      `file: ${JSON.stringify(file.replaceAll("\\", "/"))}`,
      `load: () => import(${JSON.stringify(from(entry, pathToFileURL(file)))})`,
    ];
    return `  ${JSON.stringify(name)}: { ${parts.join(", ")} },`;
  });
  const program = home.package === undefined
    ? from(entry, new URL(PROGRAM, home.folder))
    : `${home.package}/program`;
  return [
    `import { runProgram } from ${JSON.stringify(program)};`,
    "",
    "await runProgram({",
    ...lines,
    "});",
    "",
  ].join("\n");
}

function from(entry: string, module: URL): string {
  if (module.protocol !== "file:") return module.href;
  const path = relative(dirname(entry), fileURLToPath(module)).replaceAll("\\", "/");
  return encodeURI(path.startsWith(".") ? path : `./${path}`);
}
