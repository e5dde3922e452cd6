/** Compiles the sources to JavaScript and declarations, by TypeScript's own compiler. */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
// named here and not in src/deps: nothing but this needs it
// deno-lint-ignore no-import-prefix
import ts from "npm:typescript@5.9.3";

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
  types: [],
  declaration: true,
  rewriteRelativeImportExtensions: true,
  resolveJsonModule: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  newLine: ts.NewLineKind.LineFeed,
};

/** TypeScript's error for a module that is not there. */
const NOT_FOUND = 2307;

/** What may be without types here: no declaration names it. Node's modules have theirs in Deno. */
const UNTYPED = ["node:", "npm:testcontainers@"];

/** Where Deno keeps npm packages, as NAME/VERSION. Found by one that this program has loaded. */
const PACKAGES = dirname(
  dirname(dirname(fileURLToPath(import.meta.resolve("npm:typescript@5.9.3/package.json")))),
);

/**
 * All modules below some entries, by their paths from the root: `.js` and `.d.ts`. Types of npm packages come from Deno's
 * cache. Throws where a module is not found.
 */
export function compile(root: string, entries: readonly string[]): ReadonlyMap<string, string> {
  const options = { ...OPTIONS, rootDir: root, outDir: root };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, file) =>
    literals.map(({ text }) => resolved(text, file, options, host));
  const outputs = new Map<string, string>();
  const program = ts.createProgram(entries.map((entry) => join(root, entry)), options, host);
  const missing = program.getSemanticDiagnostics().filter(({ code, messageText }) =>
    code === NOT_FOUND && !UNTYPED.some((start) => String(messageText).includes(`'${start}`))
  );
  const { emitSkipped, diagnostics } = program.emit(undefined, (path, text) => {
    outputs.set(relative(root, path).replaceAll("\\", "/"), text);
  });
  // types were checked by `deno check`; here only what would leave a hole in the declarations is an error
  const wrong = [...missing, ...diagnostics];
  if (emitSkipped || wrong.length > 0) throw new Error(ts.formatDiagnostics(wrong, host));
  return outputs;
}

function resolved(
  specifier: string,
  file: string,
  options: ts.CompilerOptions,
  host: ts.CompilerHost,
): ts.ResolvedModuleWithFailedLookupLocations {
  const npm = /^npm:\/?((?:@[^/]+\/)?[^/@]+)@([^/]+)(\/.*)?$/.exec(specifier);
  if (npm === null) return ts.resolveModuleName(specifier, file, options, host);
  const [, name = "", version = "", path = ""] = npm;
  return ts.resolveModuleName(join(PACKAGES, name, version) + path, file, options, host);
}
