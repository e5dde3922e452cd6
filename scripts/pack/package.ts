import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { compile } from "./compile.ts";
import { packageJson } from "./package_json.ts";
import { asInPackage, dependenciesOf, programsOf } from "./specifiers.ts";
import { tarball } from "./tarball.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CLI = "src/cli/main.ts";

/** A package, ready for a registry. */
export interface Package {
  /** As npm calls it. */
  readonly fileName: string;
  readonly archive: Uint8Array<ArrayBuffer>;
}

/**
 * Makes the package: the compiled sources with their declarations, the command line as `datapy`, and the jobs that
 * `datapy new` copies.
 */
export async function makePackage(): Promise<Package> {
  const entries = [...Object.values(config.exports), CLI, ...await programs()];
  const compiled = compile(ROOT, [...new Set(entries)]);
  const files = new Map([...compiled].map(([path, text]) => [path, asInPackage(text)]));
  const copied = ["deno.json", "README.md", "LICENSE"];
  for await (const { name } of Deno.readDir(join(ROOT, "jobs"))) copied.push(`jobs/${name}`);
  for (const path of copied) files.set(path, await Deno.readTextFile(join(ROOT, path)));
  const manifest = packageJson(config, dependenciesOf(compiled.values()));
  files.set("package.json", `${JSON.stringify(manifest, undefined, 2)}\n`);
  const { name, version } = config;
  const fileName = `${name.slice(1).replace("/", "-")}-${version}.tgz`;
  return { fileName, archive: await tarball(files) };
}

/** Never called: Deno fetches what it sees imported, so that the packages are there whose types are needed. */
export const fetched = () => [import("../../mod.ts"), import("../../src/cli/main.ts")];

/** Programs that the sources start; the demo is for the repository alone. */
async function programs(folder = join(ROOT, "src")): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) {
      if (entry.name !== "demo") found.push(...await programs(path));
      continue;
    }
    const paths = programsOf(await Deno.readTextFile(path));
    found.push(...paths.map((program) => relative(ROOT, join(folder, program))));
  }
  return found;
}
