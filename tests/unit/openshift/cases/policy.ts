import assert from "node:assert/strict";
import { changed, type Changes, render, the } from "../../../support/kube/manifests.ts";
import { container, pod, REFUSED } from "../../../support/kube/refused.ts";
import { houseProblems, podOf, securityProblems } from "../../../support/kube/policy.ts";

const deployment = the("Deployment", await render("overlays/production"));
const problemsOf = (change: Changes) => {
  const broken = podOf(changed(deployment, change))!;
  return { security: securityProblems(broken), house: houseProblems(broken) };
};

for (const { what, change, problem } of REFUSED) {
  Deno.test(`securityProblems refuses ${what}`, () =>
    assert.match(problemsOf(change).security.join("\n"), problem));
}

/** What a cluster would run, and this project does not. */
const UNWANTED: readonly [
  what: string,
  change: Changes,
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
