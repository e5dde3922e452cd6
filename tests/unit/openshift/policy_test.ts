import assert from "node:assert/strict";
import { changed, render, the, type Value } from "../../support/kube/manifests.ts";
import { houseProblems, podOf, securityProblems } from "../../support/kube/policy.ts";

const deployment = the("Deployment", await render("overlays/production"));
const pod = (path: string) => `spec.template.spec.${path}`;
const container = (path: string) => pod(`containers.0.${path}`);
const problemsOf = (change: Readonly<Record<string, Value | undefined>>) => {
  const broken = podOf(changed(deployment, change))!;
  return { security: securityProblems(broken), house: houseProblems(broken) };
};

/** What a cluster refuses. */
const REFUSED: readonly [
  what: string,
  change: Readonly<Record<string, Value | undefined>>,
  problem: RegExp,
][] = [
  ["a pod that may run as root", { [pod("securityContext.runAsNonRoot")]: undefined }, /runAsNonRoot/],
  [
    "a container that may run as root",
    { [container("securityContext.runAsNonRoot")]: false },
    /runAsNonRoot/,
  ],
  ["root", { [container("securityContext.runAsUser")]: 0 }, /runAsUser/],
  ["a user of another range", { [pod("securityContext.runAsUser")]: 1000 }, /runAsUser/],
  ["a group of another range", { [pod("securityContext.fsGroup")]: 1000 }, /fsGroup/],
  [
    "a group of another range at a container",
    { [container("securityContext.runAsGroup")]: 1000 },
    /runAsGroup/,
  ],
  [
    "privilege escalation",
    { [container("securityContext.allowPrivilegeEscalation")]: true },
    /allowPrivilege/,
  ],
  [
    "privilege escalation unsaid",
    { [container("securityContext.allowPrivilegeEscalation")]: undefined },
    /allowPri/,
  ],
  ["a privileged container", { [container("securityContext.privileged")]: true }, /privileged/],
  ["kept capabilities", { [container("securityContext.capabilities")]: undefined }, /drop ALL/],
  ["some kept capabilities", { [container("securityContext.capabilities.drop")]: ["CHOWN"] }, /drop ALL/],
  ["an added capability", { [container("securityContext.capabilities.add")]: ["SYS_PTRACE"] }, /SYS_PTRACE/],
  ["no seccomp profile", { [pod("securityContext.seccompProfile")]: undefined }, /seccomp/],
  [
    "an open seccomp profile",
    { [container("securityContext.seccompProfile")]: { type: "Unconfined" } },
    /seccomp/,
  ],
  ["an SELinux label", { [container("securityContext.seLinuxOptions")]: { level: "s0" } }, /seLinux/],
  ["an unmasked /proc", { [container("securityContext.procMount")]: "Unmasked" }, /procMount/],
  ["a sysctl", { [pod("securityContext.sysctls")]: [{ name: "kernel.msgmax", value: "1" }] }, /sysctls/],
  ["a folder of the node", { [pod("volumes.0")]: { name: "x", hostPath: { path: "/" } } }, /hostPath/],
  ["a share of the network", { [pod("volumes.0")]: { name: "x", nfs: { server: "a", path: "/" } } }, /nfs/],
  ["the node's network", { [pod("hostNetwork")]: true }, /hostNetwork/],
  ["the node's processes", { [pod("hostPID")]: true }, /hostPID/],
  ["the node's shared memory", { [pod("hostIPC")]: true }, /hostIPC/],
  ["a port of the node", { [container("ports")]: [{ containerPort: 8080, hostPort: 8080 }] }, /hostPort/],
  ["a probe of another host", { [container("livenessProbe.httpGet.host")]: "example.com" }, /livenessProbe/],
  [
    "a second container without rules",
    { [pod("initContainers")]: [{ name: "init", image: "busybox:1" }] },
    /container init: allowPrivilegeEscalation/,
  ],
];

for (const [what, change, problem] of REFUSED) {
  Deno.test(`securityProblems refuses ${what}`, () =>
    assert.match(problemsOf(change).security.join("\n"), problem));
}

/** What a cluster would run, and this project does not. */
const UNWANTED: readonly [
  what: string,
  change: Readonly<Record<string, Value | undefined>>,
  problem: RegExp,
][] = [
  ["a root file system that can be written", {
    [container("securityContext.readOnlyRootFilesystem")]: undefined,
  }, /readOnly/],
  ["a token of the cluster", { [pod("automountServiceAccountToken")]: undefined }, /ServiceAccountToken/],
  ["variables of Services", { [pod("enableServiceLinks")]: undefined }, /ServiceLinks/],
  ["no limit of memory", { [container("resources.limits.memory")]: undefined }, /limits\.memory/],
  ["an image of no version", { [container("image")]: "registry.example.com:5000/datapy" }, /version/],
  ["the latest image", { [container("image")]: "registry.example.com:5000/datapy:latest" }, /version/],
  ["no liveness probe", { [container("livenessProbe")]: undefined }, /livenessProbe/],
];

for (const [what, change, problem] of UNWANTED) {
  Deno.test(`houseProblems names ${what}`, () => {
    assert.match(problemsOf(change).house.join("\n"), problem);
    assert.deepEqual(problemsOf(change).security, [], "a cluster would run it");
  });
}

Deno.test("houseProblems accepts an image that is named by its digest", () => {
  const image = `registry.example.com/datapy@sha256:${"0".repeat(64)}`;
  assert.deepEqual(problemsOf({ [container("image")]: image }), { security: [], house: [] });
});
