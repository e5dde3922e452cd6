import { ConfigurationError } from "../core/errors.ts";

/**
 * The brokers in `bootstrap_servers`, as `host:port`, each once. Throws a `ConfigurationError` that quotes the part that
 * is not one, and says what is.
 */
export function parseBootstrapServers(text: string): readonly string[] {
  const parts = text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (parts.length === 0) throw wrong(text, "names no broker");
  return [...new Set(parts.map(parseBroker))];
}

function parseBroker(part: string): string {
  if (/^[a-z_]+:\/\//i.test(part)) {
    const kubernetes = /^tcp:/i.test(part)
      ? " (a Service called kafka makes Kubernetes set variables that begin with KAFKA_: rename it, or set enableServiceLinks: false)"
      : "";
    throw wrong(part, `has a protocol in front${kubernetes}`);
  }
  if (/[\s;|]/.test(part)) throw wrong(part, "has a space or another sign in it: separate brokers by commas");
  if (part.startsWith("[") || (part.match(/:/g) ?? []).length > 1) {
    throw wrong(part, "is an IPv6 address or has several ports: use a host name");
  }
  const [host = "", port] = part.split(":");
  if (host === "") throw wrong(part, "has no host");
  if (port === undefined || port === "") throw wrong(part, `has no port: ${host}:9092?`);
  if (!/^[A-Za-z0-9._-]+$/.test(host)) {
    throw wrong(part, "has a sign in its host that host names do not have");
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535) {
    throw wrong(part, "has a port that is not a number from 1 to 65535");
  }
  return `${host}:${Number(port)}`;
}

function wrong(part: string, problem: string): Error {
  return new ConfigurationError(
    `parameter "bootstrap_servers": ${JSON.stringify(part)} ${problem} (expected host:port,host:port)`,
  );
}
