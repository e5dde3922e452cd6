import { ConfigurationError } from "../../core/errors.ts";
import type { Tools } from "../shared/tools.ts";
import { type Account, accountFor } from "./account.ts";
import { startLocalServer } from "./local_server.ts";
import { npmPlatform, npmPrograms } from "./npm_programs.ts";
import { installedPrograms, type Programs } from "./programs.ts";
import type { Server, ServerOptions } from "./server.ts";

/**
 * Starts a server from this machine's own programs that belongs to this process: installed ones, or else npm's. In 0.3 s,
 * after a second or two at the first time.
 */
export async function startServer(
  tools: Tools,
  options: ServerOptions = {},
  engine?: "installed" | "npm",
): Promise<Server> {
  const account = await accountFor(tools);
  return await startLocalServer(tools, account, await localPrograms(tools, account, engine), options);
}

/** The programs to use. Throws a `ConfigurationError` where there are none, and none to fetch. */
export async function localPrograms(
  tools: Tools,
  account: Account,
  engine?: "installed" | "npm",
): Promise<Programs> {
  const installed = engine === "npm" ? undefined : await installedPrograms(tools);
  if (installed !== undefined) return installed;
  const platform = npmPlatform();
  if (engine !== "installed" && platform !== undefined) return await npmPrograms(tools, account, platform);
  throw new ConfigurationError(
    engine === "installed"
      ? "Cannot start PostgreSQL: no server is installed (its programs initdb and postgres)"
      : "Cannot start PostgreSQL: no server is installed, and npm has no programs for this platform",
  );
}
