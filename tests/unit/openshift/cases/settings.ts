import assert from "node:assert/strict";
import { variableOf } from "../../../../src/context/environment.ts";
import {
  at,
  listAt,
  type Manifest,
  OPENSHIFT,
  parseManifests,
  render,
  the,
  type Value,
} from "../../../support/kube/manifests.ts";
import { podOf } from "../../../support/kube/policy.ts";

const context = JSON.parse(
  await Deno.readTextFile(new URL("../../../../jobs/kafka_context.json", import.meta.url)),
);
const secrets = parseManifests(await Deno.readTextFile(new URL("secrets.example.yaml", OPENSHIFT)));

/** What the tool reads by name, and not through the context. */
const OWN = ["LOG_LEVEL", "LOG_FORMAT", "HEALTH_PORT"];

/** The variables that override keys of the jobs' context file. */
function variablesOf(section: Record<string, unknown>, path: readonly string[] = []): string[] {
  return Object.entries(section).flatMap(([key, value]) =>
    typeof value === "object" && value !== null && path.length === 0
      ? variablesOf(value as Record<string, unknown>, [...path, key])
      : [variableOf([...path, key])]
  );
}

const settingsOf = (manifests: readonly Manifest[]) =>
  at(the("ConfigMap", manifests), "data") as Readonly<Record<string, string>>;

/** The file that a mounted secret puts at a path; undefined where there is none. */
function mountedKey(pod: Value, path: string): string | undefined {
  for (const mount of listAt(pod, "containers.0.volumeMounts")) {
    const folder = `${at(mount, "mountPath")}/`;
    if (!path.startsWith(folder)) continue;
    const volume = listAt(pod, "volumes").find((one) => at(one, "name") === at(mount, "name"));
    const secret = secrets.find(({ metadata }) => metadata.name === at(volume, "secret.secretName"));
    const key = path.slice(folder.length);
    return Object.keys(at(secret, "stringData") ?? {}).includes(key) ? key : undefined;
  }
  return undefined;
}

for (const overlay of ["dev", "production"]) {
  const manifests = await render(`overlays/${overlay}`);
  const settings = settingsOf(manifests);
  const pod = podOf(the("Deployment", manifests))!;

  Deno.test(`openshift/overlays/${overlay} sets only what a job reads`, () => {
    const known = [...variablesOf(context), ...OWN];
    const unknown = Object.keys(settings).filter((name) => !known.includes(name.replace(/_FILE$/, "")));
    assert.deepEqual(unknown, []);
  });

  Deno.test(`openshift/overlays/${overlay} sets nothing both as a variable and as a file`, () => {
    const files = Object.keys(settings).filter((name) => name.endsWith("_FILE"));
    assert.deepEqual(files.filter((name) => name.replace(/_FILE$/, "") in settings), []);
  });

  Deno.test(`openshift/overlays/${overlay} mounts each file that its settings name`, () => {
    const files = Object.entries(settings).filter(([name]) => /_FILE$|_CERT$|_KEY$/.test(name));
    assert.deepEqual(files.filter(([, path]) => mountedKey(pod, path) === undefined), []);
  });

  Deno.test(`openshift/overlays/${overlay} has no password in a setting`, () => {
    const wrong = Object.entries(settings).filter(([name, value]) =>
      /PASSWORD|SECRET|TOKEN/.test(name) && !name.endsWith("_FILE") || /:\/\/[^/]*@/.test(value)
    );
    assert.deepEqual(wrong, []);
  });

  Deno.test(`openshift/overlays/${overlay}: HEALTH_PORT, probes, Service and monitoring mean the same port`, () => {
    const [port] = listAt(pod, "containers.0.ports");
    assert.equal(String(at(port, "containerPort")), settings["HEALTH_PORT"]);
    const named = ["startupProbe", "readinessProbe", "livenessProbe"].map((probe) =>
      at(pod, `containers.0.${probe}.httpGet.port`)
    );
    const [inService] = listAt(the("Service", manifests), "spec.ports");
    assert.deepEqual([...named, at(inService, "targetPort")], Array(4).fill(at(port, "name")));
    for (const monitor of manifests.filter(({ kind }) => kind === "ServiceMonitor")) {
      assert.equal(at(monitor, "spec.endpoints.0.port"), at(inService, "name"));
    }
  });

  Deno.test(`openshift/overlays/${overlay} has one writer of a DuckDB file, or a database for several`, () => {
    const deployment = the("Deployment", manifests);
    const isDuckDb = settings["DATABASE_URL"]?.startsWith("duckdb:") ?? false;
    const isScaled = manifests.some(({ kind }) =>
      kind === "ScaledObject" || kind === "HorizontalPodAutoscaler"
    );
    if (isDuckDb) {
      assert.deepEqual([at(deployment, "spec.replicas"), at(deployment, "spec.strategy.type")], [
        1,
        "Recreate",
      ]);
      assert.equal(isScaled, false);
    } else {
      assert.equal(at(deployment, "spec.replicas"), undefined, "the autoscaler owns the number");
      assert.equal(isScaled, true);
    }
  });
}

const production = await render("overlays/production");
const scaled = the("ScaledObject", production);

Deno.test("openshift/autoscaling scales this Deployment, within bounds, by what the job itself reads", () => {
  const target = the("Deployment", production);
  assert.equal(at(scaled, "spec.scaleTargetRef.name"), target.metadata.name);
  assert.equal(
    at(scaled, "spec.scaleTargetRef.envSourceContainerName"),
    at(podOf(target), "containers.0.name"),
  );
  const [least, most] = [
    Number(at(scaled, "spec.minReplicaCount")),
    Number(at(scaled, "spec.maxReplicaCount")),
  ];
  assert.ok(2 <= least && least < most, `${least} to ${most}`);
  assert.ok(
    Number(at(the("PodDisruptionBudget", production), "spec.maxUnavailable")) < least,
    "one must stay",
  );
  const metadata = at(scaled, "spec.triggers.0.metadata") as Record<string, string>;
  const variables = Object.entries(metadata).filter(([name]) => name.endsWith("FromEnv")).map((
    [, variable],
  ) => variable);
  assert.deepEqual(variables.filter((name) => !(name in settingsOf(production))), []);
  assert.equal(variables.length, 3);
});

Deno.test("openshift/autoscaling logs in as the job does", () => {
  const settings = settingsOf(production);
  const metadata = at(scaled, "spec.triggers.0.metadata") as Record<string, string>;
  assert.equal(settings["KAFKA_SECURITY_PROTOCOL"], "SASL_SSL");
  assert.deepEqual([metadata["sasl"], metadata["tls"]], ["scram_sha512", "enable"]);
  assert.equal(settings["KAFKA_SASL_MECHANISM"], "SCRAM-SHA-512");
  const login = the("TriggerAuthentication", production);
  assert.equal(at(scaled, "spec.triggers.0.authenticationRef.name"), login.metadata.name);
  for (const reference of listAt(login, "spec.secretTargetRef")) {
    const secret = secrets.find(({ metadata }) => metadata.name === at(reference, "name"));
    assert.ok(
      String(at(reference, "key")) in (at(secret, "stringData") as object),
      JSON.stringify(reference),
    );
  }
});

Deno.test("openshift/ makes a second job as its README says: a copy with another name", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const copy = async (from: URL, to: string): Promise<void> => {
      await Deno.mkdir(to, { recursive: true });
      for await (const { name, isDirectory } of Deno.readDir(from)) {
        if (isDirectory) await copy(new URL(`${name}/`, from), `${to}/${name}`);
        else {
          const text = await Deno.readTextFile(new URL(name, from));
          await Deno.writeTextFile(`${to}/${name}`, text.replaceAll("orders", "invoices"));
        }
      }
    };
    await copy(OPENSHIFT, folder);
    const second = await render(new URL(`file://${folder}/overlays/production`).href);
    assert.doesNotMatch(JSON.stringify(second), /orders/);
    const names = (manifests: readonly Manifest[]) =>
      manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const shared = names(second).filter((name) => names(production).includes(name));
    assert.deepEqual(shared, [], "two jobs in one namespace would share these");
    assert.equal(second.length, production.length);
    assert.deepEqual(listAt(podOf(the("Deployment", second)), "containers.0.args"), ["run", "invoices"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
