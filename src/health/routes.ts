import { redactSecrets } from "../core/secret.ts";
import type { HttpAnswer, HttpRequest } from "../runtime/http_server.ts";
import { check, type Condition, type Probe } from "./checks.ts";
import { CONTENT_TYPES, type Format, formatFor } from "./exposition.ts";

/** What the answers are made of. */
export interface RouteSources {
  condition(): Condition;
  metrics(format: Format): string;
}

const PROBES: Readonly<Record<string, Probe>> = {
  "/health/started": "started",
  "/health/ready": "ready",
  "/health/live": "live",
};

const PATHS = [...Object.keys(PROBES), "/metrics"];

/** The answer to a request: the three probes, the metrics, or where they are. */
export function answerTo({ method, path, accept }: HttpRequest, sources: RouteSources): HttpAnswer {
  if (!PATHS.includes(path)) return json(404, { error: "there is nothing here", paths: PATHS });
  if (method !== "GET" && method !== "HEAD") {
    return { ...json(405, { error: "expected GET or HEAD" }), headers: { allow: "GET, HEAD" } };
  }
  const probe = PROBES[path];
  if (probe === undefined) {
    const format = formatFor(accept);
    return { status: 200, contentType: CONTENT_TYPES[format], body: sources.metrics(format) };
  }
  const condition = sources.condition();
  const { ok, reasons } = check(probe, condition);
  const consumers = condition.consumers.map(({ group, topics, state, stateSince, partitions, work }) => ({
    group,
    topics,
    state,
    for_seconds: Math.round((condition.now - stateSince) / 1000),
    partitions: partitions.length,
    in_flight: work.length,
    lag: partitions.reduce((sum, { lag }) => sum + Number(lag), 0),
  }));
  return json(ok ? 200 : 503, { status: ok ? "ok" : "failing", reasons, consumers });
}

function json(status: number, body: unknown): HttpAnswer {
  return { status, contentType: "application/json", body: redactSecrets(JSON.stringify(body)) + "\n" };
}
