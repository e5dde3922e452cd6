/**
 * openshift/, as a cluster and Prometheus read it. The tools for that are fetched once; where they cannot be had, all of these
 * tests are one that is skipped.
 */
import { testUnless } from "../../support/broker.ts";
import { noKubeTools } from "../../support/kube/tools.ts";

if (noKubeTools === undefined) {
  await import("./cases/manifests.ts");
  await import("./cases/policy.ts");
  await import("./cases/settings.ts");
  await import("./cases/grace_period.ts");
  await import("./cases/alerts.ts");
  await import("./cases/dashboard.ts");
  await import("./cases/metrics.ts");
} else {
  testUnless(noKubeTools, "openshift/ is as a cluster and Prometheus want it", () => {});
}
