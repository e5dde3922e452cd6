import assert from "node:assert/strict";
import { at, listAt, OPENSHIFT, render, the, type Value } from "../../../support/kube/manifests.ts";
import { checkQueries, metricNames } from "../../../support/kube/promtool.ts";
import { unknownNames } from "./metric_names.ts";

const FILE = "dashboard/grafana-dashboard.json";
const dashboard = JSON.parse(await Deno.readTextFile(new URL(FILE, OPENSHIFT))) as Value;
const panels = listAt(dashboard, "panels").filter((panel) => at(panel, "type") !== "row");
const variables = listAt(dashboard, "templating.list");

/** The queries of all panels and annotations, as they are written. */
const queries = [
  ...panels.flatMap((panel) => listAt(panel, "targets").map((target) => String(at(target, "expr")))),
  ...listAt(dashboard, "annotations.list").map((annotation) => String(at(annotation, "expr"))),
];

/** What a variable lists is asked of Prometheus by a name and labels. */
const lists = variables.map((variable) => String(at(variable, "definition") ?? ""))
  .filter((definition) => definition !== "")
  .map((definition) => /^label_values\((.+), \w+\)$/.exec(definition)?.[1] ?? assert.fail(definition));

/** The query as Grafana sends it. */
const sent = (query: string) =>
  query.replaceAll("$__rate_interval", "5m").replaceAll("$__range", "3h").replace(/\$\w+/g, "x");

Deno.test("the dashboard asks only for metrics that there are", () => {
  assert.deepEqual(unknownNames([...queries, ...lists]), []);
});

Deno.test("the dashboard's queries are PromQL", async () => {
  const { ok, words } = await checkQueries([...queries, ...lists].map(sent));
  assert.ok(ok, words);
});

Deno.test("the dashboard uses only variables that it has, and all of them", () => {
  const has = variables.map((variable) => String(at(variable, "name")));
  const text = JSON.stringify(dashboard);
  const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name).filter((name) =>
    !name.startsWith("__")
  );
  assert.deepEqual([...new Set(used)].sort(), [...has].sort());
});

Deno.test("each panel has a title, a description, a unit, and a place of its own", () => {
  const taken = new Set<string>();
  for (const panel of panels) {
    const title = String(at(panel, "title"));
    assert.match(title, /^\S.+/);
    assert.match(String(at(panel, "description")), /^\S.{20,}\.$/, title);
    assert.notEqual(at(panel, "fieldConfig.defaults.unit"), undefined, title);
    assert.ok(listAt(panel, "targets").length > 0, title);
    const place = at(panel, "gridPos") as Record<"x" | "y" | "w" | "h", number>;
    assert.ok(place.x + place.w <= 24, `${title} is wider than the page`);
    for (let x = place.x; x < place.x + place.w; x++) {
      for (let y = place.y; y < place.y + place.h; y++) {
        assert.ok(!taken.has(`${x},${y}`), `${title} covers another panel`);
        taken.add(`${x},${y}`);
      }
    }
  }
  const ids = listAt(dashboard, "panels").map((panel) => at(panel, "id"));
  assert.equal(new Set(ids).size, ids.length);
});

Deno.test("each counter is asked for by its rate or increase", () => {
  for (const query of queries) {
    for (const name of metricNames(query).filter((one) => /_(total|sum|count|bucket)$/.test(one))) {
      assert.match(query, new RegExp(`(rate|increase)\\(${name}\\{`), query);
    }
  }
});

Deno.test("openshift/dashboard hands it to Grafana's sidecar as it is", async () => {
  const map = the("ConfigMap", await render("dashboard"));
  assert.equal((at(map, "metadata.labels") as Record<string, string>)["grafana_dashboard"], "1");
  const data = Object.values(at(map, "data") as Record<string, string>);
  assert.deepEqual(data.map((text) => JSON.parse(text)), [dashboard]);
});
