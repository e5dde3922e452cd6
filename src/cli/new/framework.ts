import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigurationError } from "../../core/errors.ts";
import { newText } from "../text/new.ts";

/** Where a new project imports the framework from. */
export interface Framework {
  /** Entries of the project's import map. */
  readonly imports: Readonly<Record<string, string>>;
  /** The host to allow for `--allow-import`; undefined where nothing comes from a web server. */
  readonly host: string | undefined;
}

/** Names that jobs and their tests import. */
export const LIBRARY = "@datapy/datapy";
export const TESTING = "@datapy/datapy/testing";

const MODULE = "mod.ts";
const TESTING_MODULE = "testing.ts";

/** Where this command itself comes from. */
export interface Home {
  /** The folder with mod.ts and jobs/, a URL that ends in a slash: of a checkout, a web server or an unpacked package. */
  readonly folder: URL;
  /** The package, such as `npm:@datapy/datapy@0.1.0`; undefined where it comes from a checkout or a web server. */
  readonly package: string | undefined;
}

/** The home of the module at a URL in src/cli/new/: a package's modules were compiled to JavaScript. */
export function homeOf(module: string, version: string): Home {
  const folder = new URL("../../../", module);
  return { folder, package: module.endsWith(".js") ? `npm:${LIBRARY}@${version}` : undefined };
}

/**
 * The import map's entry for a framework that is given as a path (of its folder or its mod.ts), a URL of mod.ts, or a
 * package; without one, for what this command itself comes from.
 *
 * Throws a `ConfigurationError` where there is no mod.ts.
 */
export async function framework(
  given: string | undefined,
  home: Home,
  folder: string,
  exists: (path: string) => Promise<boolean>,
): Promise<Framework> {
  if (given === undefined) {
    return home.package === undefined
      ? await fromUrl(home.folder, folder, exists)
      : fromPackage(home.package);
  }
  if (/^https?:|^file:/.test(given)) return await fromUrl(new URL(given), folder, exists);
  if (/^npm:|^@[^/]+\/[^/]+$/.test(given)) return fromPackage(given);
  return await fromPath(resolve(given), folder, exists);
}

/** One entry is enough: what stands behind a package's name is found through it. */
function fromPackage(given: string): Framework {
  return { imports: { [LIBRARY]: given.startsWith("npm:") ? given : `npm:${given}` }, host: undefined };
}

async function fromUrl(
  url: URL,
  folder: string,
  exists: (path: string) => Promise<boolean>,
): Promise<Framework> {
  if (url.protocol === "file:") return await fromPath(fileURLToPath(url), folder, exists);
  const module = url.pathname.endsWith("/") ? new URL(MODULE, url) : url;
  return {
    imports: { [LIBRARY]: module.href, [TESTING]: new URL(TESTING_MODULE, module).href },
    host: module.host,
  };
}

async function fromPath(
  path: string,
  folder: string,
  exists: (path: string) => Promise<boolean>,
): Promise<Framework> {
  const module = /\.[mc]?[jt]s$/.test(path) ? path : join(path, MODULE);
  if (!await exists(module)) throw new ConfigurationError(newText.noFramework(module));
  const from = (target: string) => relativeTo(folder, target);
  return {
    imports: { [LIBRARY]: from(module), [TESTING]: from(join(dirname(module), TESTING_MODULE)) },
    host: undefined,
  };
}

/** A path as an import map wants it: beginning with a dot, with slashes. */
function relativeTo(folder: string, target: string): string {
  const path = relative(resolve(folder), target).replaceAll("\\", "/");
  if (isAbsolute(path)) return target; // another drive of Windows
  return path.startsWith(".") ? path : `./${path}`;
}
