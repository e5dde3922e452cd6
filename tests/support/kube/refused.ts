/** Pods that a cluster refuses, as changes to the Deployment of openshift/. */
import type { Changes } from "./manifests.ts";

/** Path of something in the pod of a Deployment. */
export const pod = (path: string) => `spec.template.spec.${path}`;

/** Path of something in its container. */
export const container = (path: string) => pod(`containers.0.${path}`);

/** A pod that is refused. */
export interface Refused {
  readonly what: string;
  readonly change: Changes;
  /** What policy.ts says to it. */
  readonly problem: RegExp;
  /** Whether Pod Security `restricted` refuses it too, and not only `restricted-v2`. */
  readonly everywhere: boolean;
}

const refused = (everywhere: boolean) => (what: string, change: Changes, problem: RegExp): Refused => ({
  what,
  change,
  problem,
  everywhere,
});
const byAll = refused(true);
const byOpenShift = refused(false);

export const REFUSED: readonly Refused[] = [
  byAll("a pod that may run as root", { [pod("securityContext.runAsNonRoot")]: undefined }, /runAsNonRoot/),
  byAll(
    "a container that may run as root",
    { [container("securityContext.runAsNonRoot")]: false },
    /runAsNonRoot/,
  ),
  byAll("root", { [container("securityContext.runAsUser")]: 0 }, /runAsUser/),
  byOpenShift("a user of another range", { [pod("securityContext.runAsUser")]: 1000 }, /runAsUser/),
  byOpenShift("a group of another range", { [pod("securityContext.fsGroup")]: 1000 }, /fsGroup/),
  byOpenShift(
    "a container's group of another range",
    { [container("securityContext.runAsGroup")]: 1000 },
    /runAsGroup/,
  ),
  byAll(
    "privilege escalation",
    { [container("securityContext.allowPrivilegeEscalation")]: true },
    /allowPrivilege/,
  ),
  byAll(
    "escalation unsaid",
    { [container("securityContext.allowPrivilegeEscalation")]: undefined },
    /allowPrivilege/,
  ),
  byAll("a privileged container", {
    [container("securityContext.privileged")]: true,
    [container("securityContext.allowPrivilegeEscalation")]: true,
  }, /privileged/),
  byAll("kept capabilities", { [container("securityContext.capabilities")]: undefined }, /drop ALL/),
  byAll(
    "some kept capabilities",
    { [container("securityContext.capabilities.drop")]: ["CHOWN"] },
    /drop ALL/,
  ),
  byAll(
    "an added capability",
    { [container("securityContext.capabilities.add")]: ["SYS_PTRACE"] },
    /SYS_PTRACE/,
  ),
  byAll("no seccomp profile", { [pod("securityContext.seccompProfile")]: undefined }, /seccomp/),
  byAll(
    "an open seccomp profile",
    { [container("securityContext.seccompProfile")]: { type: "Unconfined" } },
    /seccomp/,
  ),
  byOpenShift(
    "an SELinux level",
    { [container("securityContext.seLinuxOptions")]: { level: "s0" } },
    /seLinux/,
  ),
  byAll("an SELinux user", { [container("securityContext.seLinuxOptions")]: { user: "x" } }, /seLinux/),
  byAll("an unmasked /proc", {
    [container("securityContext.procMount")]: "Unmasked",
    [pod("hostUsers")]: false,
  }, /procMount/),
  byAll("a sysctl", { [pod("securityContext.sysctls")]: [{ name: "kernel.msgmax", value: "1" }] }, /sysctls/),
  byAll(
    "a folder of the node",
    { [pod("volumes.0")]: { name: "kafka-secret", hostPath: { path: "/" } } },
    /hostPath/,
  ),
  byAll("a share of the network", {
    [pod("volumes.0")]: { name: "kafka-secret", nfs: { server: "a", path: "/" } },
  }, /nfs/),
  byAll("the node's network", {
    [pod("hostNetwork")]: true,
    [container("ports")]: [{ name: "health", containerPort: 8080, hostPort: 8080 }],
  }, /hostNetwork/),
  byAll("the node's processes", { [pod("hostPID")]: true }, /hostPID/),
  byAll("the node's shared memory", { [pod("hostIPC")]: true }, /hostIPC/),
  byAll("a port of the node", {
    [container("ports")]: [{ name: "health", containerPort: 8080, hostPort: 8080 }],
  }, /hostPort/),
  byAll(
    "a probe of another host",
    { [container("livenessProbe.httpGet.host")]: "example.com" },
    /livenessProbe/,
  ),
  byAll("a container without rules that starts the pod", {
    [pod("initContainers")]: [{ name: "init", image: "busybox:1" }],
  }, /container init: allowPrivilegeEscalation/),
];
