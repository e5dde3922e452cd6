import type { Dependencies } from "./specifiers.ts";

/** What deno.json says about the package. */
export interface Config {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
}

/** The package.json that belongs to a deno.json. */
export function packageJson(config: Config, { dependencies, optional }: Dependencies): object {
  const entries = Object.entries(config.exports).map(([name, path]) => {
    const base = path.replace(/\.ts$/, "");
    return [name, { types: `${base}.d.ts`, default: `${base}.js` }];
  });
  const description = "Jobs that read Kafka and fill databases, for Deno";
  const { name, version, license } = config;
  return {
    name,
    version,
    description,
    license,
    type: "module",
    exports: Object.fromEntries(entries),
    bin: { datapy: "./src/cli/main.js" },
    dependencies,
    peerDependencies: optional,
    peerDependenciesMeta: Object.fromEntries(Object.keys(optional).map((one) => [one, { optional: true }])),
  };
}
