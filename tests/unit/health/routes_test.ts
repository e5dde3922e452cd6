import assert from "node:assert/strict";
import { ConfigurationError } from "../../../src/core/errors.ts";
import { healthPort } from "../../../src/health/health_port.ts";
import { answerTo } from "../../../src/health/routes.ts";
import type { ConsumerVitals } from "../../../src/core/vitals.ts";

const well: ConsumerVitals = {
  ...{ group: "g", topics: ["orders"], state: "consuming", stateSince: 4_000, steps: [], work: [] },
  partitions: [{ topic: "orders", partition: 0, position: 5n, committed: 3n, end: 9n, lag: 6n, queued: 0 }],
  outage: undefined,
};
const ask = (path: string, method = "GET", accept: string | null = null, consumer = well) =>
  answerTo({ method, path, accept }, {
    condition: () => ({ consumers: [consumer], hasJoined: () => true, anyHasJoined: true, now: 10_000 }),
    metrics: (format) => `in ${format}`,
  });

Deno.test("answerTo() answers probes with JSON that says how each consumer is", () => {
  const { status, contentType, body } = ask("/health/ready");
  assert.deepEqual([status, contentType], [200, "application/json"]);
  const consumer = { group: "g", topics: ["orders"], state: "consuming" };
  assert.deepEqual(JSON.parse(body), {
    status: "ok",
    reasons: [],
    consumers: [{ ...consumer, for_seconds: 6, partitions: 1, in_flight: 0, lag: 6 }],
  });
  assert.equal(ask("/health/ready", "GET", null, { ...well, state: "draining" }).status, 503);
});

Deno.test("answerTo() has metrics in the format that is asked for", () => {
  assert.equal(ask("/metrics").body, "in prometheus");
  assert.equal(ask("/metrics", "GET", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1").body, "in prometheus");
  const openMetrics = ask("/metrics", "GET", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
  assert.equal(openMetrics.body, "in openmetrics");
  assert.match(openMetrics.contentType, /^application\/openmetrics-text; version=1\.0\.0/);
});

Deno.test("answerTo() says where its answers are, and how they are asked for", () => {
  const lost = ask("/healthz");
  assert.equal(lost.status, 404);
  assert.deepEqual(JSON.parse(lost.body).paths, [
    "/health/started",
    "/health/ready",
    "/health/live",
    "/metrics",
  ]);
  const posted = ask("/metrics", "POST");
  assert.deepEqual([posted.status, posted.headers], [405, { allow: "GET, HEAD" }]);
  assert.equal(ask("/health/live", "HEAD").status, 200);
});

Deno.test("answerTo() shows no word of an error: anybody may ask", () => {
  const outage = "refused for DE02 1203 0000 0000 2020 51";
  for (const path of ["started", "ready", "live"]) {
    assert.doesNotMatch(ask(`/health/${path}`, "GET", null, { ...well, outage }).body, /refused|DE02/);
  }
});

Deno.test("healthPort() takes a port, nothing for nothing, and says what else it was given", () => {
  assert.equal(healthPort(undefined), undefined);
  assert.equal(healthPort(""), undefined);
  assert.equal(healthPort(" 8080 "), 8080);
  for (const wrong of ["0", "65536", "80a", "-1", "1e3"]) {
    assert.throws(
      () => healthPort(wrong),
      (error) => error instanceof ConfigurationError && error.message.includes(wrong),
    );
  }
  assert.throws(() => healthPort("tcp://10.0.0.1:80"), /enableServiceLinks/);
});
