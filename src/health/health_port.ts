import { ConfigurationError } from "../core/errors.ts";

/**
 * The port of the variable HEALTH_PORT; undefined where it is not set, or empty. Throws a `ConfigurationError` where it is
 * no port.
 */
export function healthPort(value: string | undefined): number | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const port = /^\d{1,5}$/.test(value.trim()) ? Number(value) : 0;
  if (port >= 1 && port <= 65_535) return port;
  const isLink = /^[a-z]+:\/\//.test(value);
  throw new ConfigurationError(
    `HEALTH_PORT is ${JSON.stringify(value)}: expected a port, 1 to 65535` +
      (isLink
        ? "; Kubernetes sets such variables for a Service called health: enableServiceLinks: false keeps them out"
        : ""),
  );
}
