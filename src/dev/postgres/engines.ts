import { ConfigurationError, errorText, UnavailableError } from "../../core/errors.ts";
import { dockerHost, type EngineAddress, engineAddresses } from "../shared/engine_address.ts";
import { engineApi } from "../shared/engine_api.ts";
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
  const [programs, container] = await Promise.all([installedPrograms(tools), findContainerEngine(tools)]);
  const platform = npmPlatform();
  const findings = {
    installed: programs !== undefined,
    container: { ...container, reachable: container.address !== undefined },
    npm: platform !== undefined,
  };
  const choice = chooseEngine(findings, wanted ?? forcedEngine(tools));
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

/** The engine that DATAPY_POSTGRES_ENGINE asks for. Throws a `ConfigurationError` where it names none. */
function forcedEngine(tools: Tools): Engine | undefined {
  const text = tools.env("DATAPY_POSTGRES_ENGINE");
  const engine = ENGINES.find((name) => name === text);
  if (text !== undefined && engine === undefined) {
    throw new ConfigurationError(`DATAPY_POSTGRES_ENGINE is "${text}": expected ${ENGINES.join(" or ")}`);
  }
  return engine;
}

/** A container engine that answers, and whether it has the image; `problem` says why it is not to be used. */
export interface ContainerEngine {
  readonly address: EngineAddress | undefined;
  readonly imageHere: boolean;
  readonly problem: string;
}

/** The first container engine that answers. */
export async function findContainerEngine(tools: Tools): Promise<ContainerEngine> {
  const addresses = engineAddresses(tools.env);
  const none = (problem: string) => ({ address: undefined, imageHere: false, problem });
  if (typeof addresses === "string") return none(addresses);
  for (const address of addresses) {
    if (address.kind === "unix" && !await tools.disk.exists(address.path)) continue;
    const api = engineApi(address);
    if (!await api.answers()) continue;
    const image = postgresImage(tools);
    const imageHere = await api.hasImage(image);
    return { address, imageHere, problem: imageHere ? "" : `the image ${image} is not on this machine` };
  }
  const named = tools.env("DOCKER_HOST") !== undefined && addresses[0] !== undefined;
  return none(
    named ? `no container engine answers at ${dockerHost(addresses[0]!)}` : "there is no container engine",
  );
}
