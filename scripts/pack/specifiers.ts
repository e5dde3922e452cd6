/** Packages that a job never needs: see src/dev/shared/container_host.ts. */
const OPTIONAL = ["testcontainers"];

/** What a package needs, by name; versions are exact, as in src/deps. */
export interface Dependencies {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optional: Readonly<Record<string, string>>;
}

const NPM = /"npm:\/?((?:@[^/"]+\/)?[^/@"]+)@(\d[^/"]*)(\/[^"]*)?"/g;
const RELATIVE = /(\bfrom |\bimport\(|\bimport |\bmodule |\bresolve\()"(\.{1,2}\/[^"]+)\.ts"/g;

/** The packages that sources name, with their versions. */
export function dependenciesOf(texts: Iterable<string>): Dependencies {
  const found = new Map<string, string>();
  for (const text of texts) {
    for (const [, name = "", version = ""] of text.matchAll(NPM)) found.set(name, version);
  }
  const sorted = [...found].sort(([a], [b]) => a < b ? -1 : 1);
  const isOptional = ([name]: [string, string]) => OPTIONAL.includes(name);
  return {
    dependencies: Object.fromEntries(sorted.filter((one) => !isOptional(one))),
    optional: Object.fromEntries(sorted.filter(isOptional)),
  };
}

/** Programs that a source starts: modules that nothing imports. As paths from the source. */
export function programsOf(text: string): readonly string[] {
  return [...text.matchAll(/\bimport\.meta\.resolve\("(\.{1,2}\/[^"]+\.ts)"\)/g)].map(([, path = ""]) =>
    path
  );
}

/** A compiled text as a package has it: `"npm:zod@4.6.7"` is `"zod"`, `"./a.ts"` is `"./a.js"`. */
export function asInPackage(text: string): string {
  return text
    .replace(NPM, (_, name: string, _version: string, file = "") => `"${name}${file}"`)
    .replace(RELATIVE, (_, before: string, path: string) => `${before}"${path}.js"`);
}
