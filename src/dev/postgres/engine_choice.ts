import type { Engine } from "./server.ts";

/** What this machine has. */
export interface Findings {
  /** A server is installed that is new enough. */
  readonly installed: boolean;
  /** The container engine; `problem` says why it cannot be used, in words that follow "because". */
  readonly container: { readonly reachable: boolean; readonly imageHere: boolean; readonly problem: string };
  /** npm has programs for this platform. */
  readonly npm: boolean;
}

/** The engines to try, best first; or why there is none and what to install. */
export type EngineChoice =
  | { readonly kind: "use"; readonly engines: readonly Engine[] }
  | { readonly kind: "none"; readonly reason: string };

/**
 * Which engine starts a server soonest: what is installed, in a moment; a container whose image is at hand; npm's programs,
 * a fifth of an image to download and fetched by Deno itself; a container whose image is pulled.
 */
export function chooseEngine(findings: Findings, forced: Engine | undefined): EngineChoice {
  const { container } = findings;
  const problems: Readonly<Record<Engine, string | undefined>> = {
    installed: findings.installed ? undefined : "no PostgreSQL server is installed",
    container: container.reachable ? undefined : container.problem,
    npm: findings.npm ? undefined : "npm has no programs of PostgreSQL for this platform",
  };
  if (forced !== undefined) {
    const problem = problems[forced];
    if (problem === undefined) return { kind: "use", engines: [forced] };
    return { kind: "none", reason: `DATAPY_POSTGRES_ENGINE is ${forced}, but ${problem}` };
  }
  const engines: Engine[] = [];
  if (findings.installed) engines.push("installed");
  if (container.reachable && container.imageHere) engines.push("container");
  if (findings.npm) engines.push("npm");
  if (container.reachable && !container.imageHere) engines.push("container");
  if (engines.length > 0) return { kind: "use", engines };
  return {
    kind: "none",
    reason:
      `${problems.installed}, ${problems.container}, and ${problems.npm}; install PostgreSQL's server, or Docker or ` +
      "Podman, or set DATAPY_POSTGRES=postgres://user:password@host:port/database to use one that runs elsewhere",
  };
}
