import { ConfigurationError, errorText, UnavailableError } from "../../core/errors.ts";
import { findContainerEngine, forcedEngine } from "../shared/container_engine.ts";
import type { EngineAddress } from "../shared/engine_address.ts";
import type { Tools } from "../shared/tools.ts";
import { type Account, accountFor } from "./account.ts";
import { chooseEngine } from "./engine_choice.ts";
import { npmPlatform, npmPrograms } from "./npm_programs.ts";
import { installedPrograms, type Programs } from "./programs.ts";
import { type Engine, ENGINES } from "./server.ts";
import { DEFAULT_IMAGE } from "./versions.ts";

/** The image that is started. */
export const postgresImage = (tools: Tools) => tools.env("DATAPY_POSTGRES_IMAGE") ?? DEFAULT_IMAGE;

/** How each kind of engine starts something. */
export interface Starters<T> {
  local(account: Account, programs: Programs): Promise<T>;
  container(address: EngineAddress): Promise<T>;
}

/**
 * Starts something on the engine asked for, by the caller or by DATAPY_POSTGRES_ENGINE, or on the best that is here and
 * works. Throws a `ConfigurationError` where nothing can run PostgreSQL: it says what to install.
 */
export async function onFirstThatWorks<T>(
  tools: Tools,
  wanted: Engine | undefined,
  starters: Starters<T>,
): Promise<T> {
  const [programs, container] = await Promise.all([
    installedPrograms(tools),
    findContainerEngine(tools, postgresImage(tools)),
  ]);
  const platform = npmPlatform();
  const findings = {
    installed: programs !== undefined,
    container: { ...container, reachable: container.address !== undefined },
    npm: platform !== undefined,
  };
  const choice = chooseEngine(findings, wanted ?? forcedEngine(tools, "DATAPY_POSTGRES_ENGINE", ENGINES));
  if (choice.kind === "none") throw new ConfigurationError(`Cannot start PostgreSQL: ${choice.reason}`);
  let failure: unknown;
  for (const engine of choice.engines) {
    const because = failure === undefined ? "" : ` (${errorText(failure).split("\n")[0]})`;
    try {
      if (engine === "container" && container.address !== undefined) {
        tools.report.line(`Starting PostgreSQL in a container of ${postgresImage(tools)}${because}`);
        return await starters.container(container.address);
      }
      const account = await accountFor(tools);
      const own = engine === "installed" ? programs : await npmPrograms(tools, account, platform ?? "");
      if (own === undefined) continue;
      const whose = engine === "installed" ? `of ${own.folder}` : "of npm";
      tools.report.line(`Starting PostgreSQL ${own.version} ${whose}${because}`);
      return await starters.local(account, own);
    } catch (error) {
      failure = error;
    }
  }
  throw failure ?? new UnavailableError("Cannot start PostgreSQL: no engine was tried");
}
