import { join } from "node:path";

/** Where a container engine's API listens. */
export type EngineAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** The address as DOCKER_HOST holds it. */
export function dockerHost(address: EngineAddress): string {
  return address.kind === "unix" ? `unix://${address.path}` : `tcp://${address.host}:${address.port}`;
}

/** The host under which the ports of its containers are reached. */
export const containerHost = (address: EngineAddress) => address.kind === "unix" ? "localhost" : address.host;

/**
 * Where an engine may listen: DOCKER_HOST alone if it is set, else the usual sockets of Docker, Docker Desktop and Podman.
 * A text says why DOCKER_HOST cannot be used.
 */
export function engineAddresses(
  env: (name: string) => string | undefined,
): readonly EngineAddress[] | string {
  const named = env("DOCKER_HOST");
  if (named !== undefined) return parseDockerHost(named, env("DOCKER_TLS_VERIFY") !== undefined);
  const home = env("HOME");
  const runtime = env("XDG_RUNTIME_DIR");
  const paths = [
    "/var/run/docker.sock",
    ...(home === undefined ? [] : [join(home, ".docker/run/docker.sock")]),
    ...(runtime === undefined ? [] : [join(runtime, "podman/podman.sock")]),
    "/run/podman/podman.sock",
  ];
  return paths.map((path) => ({ kind: "unix", path }));
}

/** Reads DOCKER_HOST; a text says why it cannot be used. */
export function parseDockerHost(text: string, tls: boolean): readonly EngineAddress[] | string {
  const problem = (why: string) => `DOCKER_HOST cannot be used here (${why})`;
  if (text.startsWith("unix://")) return [{ kind: "unix", path: text.slice("unix://".length) }];
  if (!text.startsWith("tcp://")) return problem("only unix:// and tcp:// are known");
  if (tls) return problem("TLS to the engine is not supported");
  try {
    const { hostname, port } = new URL(text);
    return [{ kind: "tcp", host: hostname, port: Number(port || 2375) }];
  } catch {
    return problem("it is not a URL");
  }
}
