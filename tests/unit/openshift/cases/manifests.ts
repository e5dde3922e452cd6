import assert from "node:assert/strict";
import { posix } from "node:path";
import {
  at,
  changed,
  listAt,
  OPENSHIFT,
  parseManifests,
  render,
  renderOwn,
  the,
} from "../../../support/kube/manifests.ts";
import { houseProblems, podOf, securityProblems } from "../../../support/kube/policy.ts";
import { type FormCheck, formCheck } from "../../../support/kube/schemas.ts";
import { KUBERNETES } from "../../../support/kube/tools.ts";

const overlays = { dev: await render("overlays/dev"), production: await render("overlays/production") };
const secrets = parseManifests(await Deno.readTextFile(new URL("secrets.example.yaml", OPENSHIFT)));
const checks = Object.fromEntries(
  await Promise.all(Object.values(KUBERNETES).map(async (version) => [version, await formCheck(version)])),
) as Readonly<Record<string, FormCheck>>;
const wrong = (version: string, manifests: Parameters<FormCheck>[0][]) =>
  manifests.flatMap((one) => checks[version]!(one));

for (const [name, manifests] of Object.entries(overlays)) {
  for (const version of [KUBERNETES.oldest, KUBERNETES.newest]) {
    Deno.test(`openshift/overlays/${name} has the form that Kubernetes ${version} expects`, () => {
      assert.deepEqual(wrong(version, manifests), []);
    });
  }

  Deno.test(`openshift/overlays/${name} runs under restricted-v2 and Pod Security restricted`, () => {
    const pods = manifests.map(podOf).filter((pod) => pod !== undefined);
    assert.equal(pods.length, 1);
    assert.deepEqual(pods.flatMap((pod) => [...securityProblems(pod), ...houseProblems(pod)]), []);
  });

  Deno.test(`openshift/overlays/${name} refers only to what is there`, () => {
    const names = (kind: string) =>
      [...manifests, ...secrets].filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
    const pod = podOf(the("Deployment", manifests))!;
    const containers = listAt(pod, "containers");
    const volumes = listAt(pod, "volumes");
    const referred = {
      ConfigMap: containers.flatMap((one) =>
        listAt(one, "envFrom").map((from) => at(from, "configMapRef.name"))
      ),
      Secret: volumes.map((volume) => at(volume, "secret.secretName")),
      PersistentVolumeClaim: volumes.map((volume) => at(volume, "persistentVolumeClaim.claimName")),
      ServiceAccount: [at(pod, "serviceAccountName")],
    };
    for (const [kind, wanted] of Object.entries(referred)) {
      const missing = wanted.filter((one) => one !== undefined && !names(kind).includes(String(one)));
      assert.deepEqual(missing, [], kind);
    }
    const mounts = containers.flatMap((one) => listAt(one, "volumeMounts")).map((mount) => at(mount, "name"))
      .sort();
    assert.deepEqual(mounts, volumes.map((volume) => at(volume, "name")).sort());
  });

  Deno.test(`openshift/overlays/${name} selects its own pods`, () => {
    const labels = at(the("Deployment", manifests), "spec.template.metadata.labels") as Record<
      string,
      string
    >;
    const selectors = manifests.flatMap((one) => {
      const paths = one.kind === "Service"
        ? ["spec.selector"]
        : ["spec.selector.matchLabels", "spec.podSelector.matchLabels"];
      return paths.map((path) => at(one, path)).filter((found) => found !== undefined);
    });
    assert.ok(selectors.length >= 2, "Service and Deployment at the least");
    for (const selector of selectors as Record<string, string>[]) {
      assert.ok(Object.keys(selector).length > 0, "it selects every pod of the namespace");
      for (const [label, value] of Object.entries(selector)) assert.equal(labels[label], value);
    }
  });

  Deno.test(`openshift/overlays/${name} has the values of the requirements`, () => {
    const deployment = the("Deployment", manifests);
    assert.equal(deployment.metadata.name, "kafka-consumer-orders");
    const pod = podOf(deployment)!;
    assert.equal(at(pod, "terminationGracePeriodSeconds"), 60);
    assert.equal(at(pod, "containers.0.name"), "consumer");
    assert.equal(at(pod, "containers.0.lifecycle.preStop.sleep.seconds"), 5);
    assert.deepEqual(at(pod, "containers.0.resources"), {
      requests: { memory: "512Mi", cpu: "250m" },
      limits: { memory: "2Gi", cpu: "1000m" },
    });
  });
}

Deno.test("openshift/secrets.example.yaml has the form that Kubernetes expects, and no password", () => {
  assert.deepEqual(wrong(KUBERNETES.oldest, secrets), []);
  for (const secret of secrets) {
    for (const value of Object.values(at(secret, "stringData") as Record<string, string>)) {
      assert.equal(value.replace(/^postgres:\/\/|REPLACE-ME|:5432\/orders$|[:@]/g, ""), "");
    }
  }
});

Deno.test("no kustomization renders a Secret: `oc apply -k` would replace a password by a placeholder", () => {
  const kinds = Object.values(overlays).flat().map(({ kind }) => kind);
  assert.ok(!kinds.includes("Secret"));
});

Deno.test("a form check finds the slips of the requirements' manifest", () => {
  const deployment = the("Deployment", overlays.production);
  const container = "spec.template.spec.containers.0";
  const slips = {
    "the grace period at the container": { [`${container}.terminationGracePeriodSeconds`]: 60 },
    "a preStop hook that has a number for a list": {
      [`${container}.lifecycle.preStop`]: { exec: { command: 5 } },
    },
    "a mistyped field": { [`${container}.readinesProbe`]: {} },
    "no selector": { "spec.selector": undefined },
    "a number for a text": { [`${container}.args`]: [1] },
  };
  for (const [slip, change] of Object.entries(slips)) {
    assert.equal(checks[KUBERNETES.oldest]!(changed(deployment, change)).length > 0, true, slip);
  }
  const scaled = the("ScaledObject", overlays.production);
  for (
    const change of [{ "spec.maxReplicas": 6 }, { "spec.pollingInterval": "thirty" }, {
      "spec.triggers": undefined,
    }]
  ) {
    assert.equal(
      checks[KUBERNETES.oldest]!(changed(scaled, change)).length > 0,
      true,
      JSON.stringify(change),
    );
  }
  assert.match(checks[KUBERNETES.oldest]!({ ...deployment, kind: "Deploymint" }).join(), /no such kind/);
});

Deno.test("openshift/old-clusters is for a Kubernetes whose preStop hook has no sleep", async () => {
  const manifests = await renderOwn(["base"], ["old-clusters"]);
  assert.deepEqual(wrong(KUBERNETES.old, manifests), []);
  assert.deepEqual(at(the("Deployment", manifests), "spec.template.spec.containers.0.lifecycle"), {
    preStop: { exec: { command: ["/app/datapy", "sleep", "5"] } },
  });
  assert.match(wrong(KUBERNETES.old, overlays.dev).join(), /sleep/);
});

Deno.test("openshift/ means the program and the folder that the Containerfile makes", async () => {
  const containerfile = await Deno.readTextFile(new URL("../Containerfile", OPENSHIFT));
  const [, program] = /^ENTRYPOINT \["([^"]+)"\]$/m.exec(containerfile) ?? [];
  const [, folder] = /^WORKDIR (.+)$/m.exec(containerfile.split(/^FROM /m).at(-1) ?? "") ?? [];
  const old = the("Deployment", await renderOwn(["base"], ["old-clusters"]));
  assert.equal(at(old, "spec.template.spec.containers.0.lifecycle.preStop.exec.command.0"), program);
  assert.equal(at(old, "spec.template.spec.containers.0.command"), undefined, "the image says what to start");
  const dev = the("Deployment", overlays.dev);
  const mount = listAt(dev, "spec.template.spec.containers.0.volumeMounts").find((one) =>
    at(one, "name") === "data"
  );
  const url = String(at(the("ConfigMap", overlays.dev), "data.DATABASE_URL"));
  assert.equal(
    at(mount, "mountPath"),
    posix.join(folder ?? "", "data"),
    "jobs may write below data/ of the image's folder",
  );
  assert.ok(url.startsWith(`duckdb:${at(mount, "mountPath")}/`), url);
});
