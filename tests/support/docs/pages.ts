import { type Page, readPage } from "./blocks.ts";

const ROOT = new URL("../../../", import.meta.url);

/** Reads a file of this repository. */
export const readText = (path: string): string => Deno.readTextFileSync(new URL(path, ROOT));

/** Whether there is such a file or folder in this repository. */
export function isThere(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

/** All Markdown files below a folder, as paths from the repository's root. */
function markdownBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    if (entry.isDirectory) found.push(...markdownBelow(`${folder}${entry.name}/`));
    else if (entry.name.endsWith(".md")) found.push(folder + entry.name);
  }
  return found.sort();
}

/** The pages whose blocks are run. All of docs/cli.md is the output of commands, which another test holds. */
export const documented: readonly string[] = ["README.md", ...markdownBelow("docs/")]
  .filter((path) => path !== "docs/cli.md");

/** All pages whose links are looked at. */
export const linked: readonly string[] = [
  ...documented,
  "docs/cli.md",
  ...["ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "jobs/README.md", "openshift/README.md"].filter(
    isThere,
  ),
];

/** The pages whose blocks are run, read. */
export const pages = (): readonly Page[] => documented.map((path) => readPage(path, readText(path)));
