/**
 * What a pod may ask for, as the API server would judge it: Pod Security `restricted`, and OpenShift's security context
 * constraint `restricted-v2`, which also gives each namespace users and groups of its own and refuses others.
 *
 * Sources: "Pod Security Standards" in the documentation of Kubernetes; "Managing security context constraints" in that of
 * OpenShift.
 */
import { at, listAt, type Manifest, type Value } from "./manifests.ts";

/** Kinds of volumes that both allow. */
const VOLUMES = new Set(["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"].concat(
  ["persistentVolumeClaim", "projected", "secret"],
));

/** Where a pod's template is, by kind. */
const TEMPLATES: Readonly<Record<string, string>> = {
  Pod: "spec",
  Deployment: "spec.template.spec",
  StatefulSet: "spec.template.spec",
  Job: "spec.template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
};

/** The pod that an object makes; undefined where it makes none. */
export function podOf(manifest: Manifest): Value | undefined {
  return at(manifest, TEMPLATES[manifest.kind] ?? "none");
}

/** All containers of a pod, those that only start it included. */
export function containersOf(pod: Value): readonly Value[] {
  return ["initContainers", "containers", "ephemeralContainers"].flatMap((list) => listAt(pod, list));
}

/** Why a cluster would not run a pod; empty where it would. */
export function securityProblems(pod: Value): string[] {
  return [
    ...podProblems(pod),
    ...containersOf(pod).flatMap((container) => containerProblems(container, pod)),
  ];
}

function podProblems(pod: Value): string[] {
  const problems: string[] = [];
  for (const host of ["hostNetwork", "hostPID", "hostIPC"]) {
    if (at(pod, host) === true) problems.push(`${host} must not be true`);
  }
  for (const volume of listAt(pod, "volumes")) {
    const kinds = Object.keys(volume ?? {}).filter((key) => key !== "name");
    const wrong = kinds.filter((kind) => !VOLUMES.has(kind));
    if (wrong.length > 0) problems.push(`volume ${at(volume, "name")} must not be a ${wrong.join(", ")}`);
  }
  if (listAt(pod, "securityContext.sysctls").length > 0) problems.push("sysctls must not be set");
  // the namespace's ranges decide: a fixed value is outside of them as a rule
  for (const fixed of ["fsGroup", "supplementalGroups", "runAsGroup"]) {
    if (at(pod, `securityContext.${fixed}`) !== undefined) {
      problems.push(`securityContext.${fixed} must not be fixed`);
    }
  }
  return problems;
}

function containerProblems(container: Value, pod: Value): string[] {
  const problems: string[] = [];
  const name = at(container, "name");
  const own = (path: string) => at(container, `securityContext.${path}`);
  /** A container's own word goes before the pod's. */
  const either = (path: string) => own(path) ?? at(pod, `securityContext.${path}`);
  const must = (holds: boolean, what: string) => holds || problems.push(`container ${name}: ${what}`);

  must(either("runAsNonRoot") === true, "runAsNonRoot must be true");
  must(either("runAsUser") === undefined, "runAsUser must not be fixed");
  must(own("runAsGroup") === undefined, "runAsGroup must not be fixed");
  must(either("seLinuxOptions") === undefined, "seLinuxOptions must not be set");
  must(either("windowsOptions") === undefined, "windowsOptions must not be set");
  must(either("appArmorProfile") === undefined, "appArmorProfile must not be set");
  must(either("seccompProfile.type") === "RuntimeDefault", "seccompProfile must be RuntimeDefault");
  must(own("privileged") !== true, "privileged must not be true");
  must(own("allowPrivilegeEscalation") === false, "allowPrivilegeEscalation must be false");
  must((own("procMount") ?? "Default") === "Default", "procMount must be Default");
  must(listAt(container, "securityContext.capabilities.drop").includes("ALL"), "capabilities must drop ALL");
  const added = listAt(container, "securityContext.capabilities.add").filter((one) =>
    one !== "NET_BIND_SERVICE"
  );
  must(added.length === 0, `capabilities must not add ${added.join(", ")}`);
  const hostPorts = listAt(container, "ports").filter((port) => (at(port, "hostPort") ?? 0) !== 0);
  must(hostPorts.length === 0, "hostPort must not be set");
  const handlers = [
    "livenessProbe",
    "readinessProbe",
    "startupProbe",
    "lifecycle.preStop",
    "lifecycle.postStart",
  ];
  const hosts = handlers.filter((handler) => at(container, `${handler}.httpGet.host`) !== undefined);
  must(hosts.length === 0, `${hosts.join(", ")} must not name a host`);
  return problems;
}

/** What this project asks for beyond what a cluster refuses; empty where it is there. */
export function houseProblems(pod: Value): string[] {
  const problems: string[] = [];
  if (at(pod, "automountServiceAccountToken") !== false) {
    problems.push("automountServiceAccountToken must be false");
  }
  if (at(pod, "enableServiceLinks") !== false) problems.push("enableServiceLinks must be false");
  for (const container of containersOf(pod)) {
    const must = (holds: boolean, what: string) =>
      holds || problems.push(`container ${at(container, "name")}: ${what}`);
    must(
      at(container, "securityContext.readOnlyRootFilesystem") === true,
      "readOnlyRootFilesystem must be true",
    );
    for (const path of ["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"]) {
      must(at(container, `resources.${path}`) !== undefined, `resources.${path} must be set`);
    }
    must(
      /(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})$/.test(String(at(container, "image"))),
      "image must have a version",
    );
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      must(at(container, probe) !== undefined, `${probe} must be set`);
    }
  }
  return problems;
}
