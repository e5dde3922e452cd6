/** Writes the pages that are made from the code: `deno task docs`. */
import { builtins } from "../../src/mods/builtins.ts";
import type { Mod } from "../../src/core/define_mod.ts";
import { cliPage } from "./cli_page.ts";
import { metricsPage } from "./metrics_page.ts";
import { modPage, modsPage } from "./mod_page.ts";

const ROOT = new URL("../../", import.meta.url);
const NOTES = new URL("mods/", import.meta.url);

/** What stands in the notes of a mod where its tables go. */
const HERE = "<!-- parameters -->";

/** The generated pages, by their paths from the repository's root; as `deno fmt` would write them. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const pages: [string, string][] = builtins.map((
    mod,
  ) => [`docs/mods/${mod.name}.md`, modPage(mod, notesOf(mod))]);
  pages.push(["docs/mods/README.md", modsPage(builtins)], ["docs/cli.md", await cliPage()], [
    "docs/metrics.md",
    metricsPage(),
  ]);
  const written = pages.map(async ([path, text]): Promise<[string, string]> => [path, await formatted(text)]);
  return new Map(await Promise.all(written));
}

/** What is written by hand about a mod: before its tables, and after them. */
function notesOf({ name }: Mod): { readonly before: string; readonly after: string } {
  const file = `scripts/docs/mods/${name}.md`;
  const [before, after, ...more] = Deno.readTextFileSync(new URL(`${name}.md`, NOTES)).split(HERE);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`${file}: expected one line ${HERE}, where the tables go`);
  }
  return { before, after };
}

async function formatted(markdown: string): Promise<string> {
  const deno = new Deno.Command("sh", {
    args: ["-c", 'exec "$0" fmt --ext md -', Deno.execPath()],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = deno.stdin.getWriter();
  await writer.write(new TextEncoder().encode(markdown));
  await writer.close();
  const { success, stdout, stderr } = await deno.output();
  if (!success) throw new Error(`deno fmt failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  await Deno.mkdir(new URL("docs/mods/", ROOT), { recursive: true });
  for (const [path, text] of await generatedPages()) await Deno.writeTextFile(new URL(path, ROOT), text);
}
