import assert from "node:assert/strict";
import { testUnless } from "../support/broker.ts";
import { ApiServer, noApiServer } from "../support/kube/api_server.ts";
import { changed, type Manifest, OPENSHIFT, parseManifests, render, the } from "../support/kube/manifests.ts";
import { podOf, securityProblems } from "../support/kube/policy.ts";
import { REFUSED } from "../support/kube/refused.ts";
import { kubeTools } from "../support/kube/tools.ts";

const STRICT = ["--validate=strict", "-n", "orders"];
const restricted = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "orders", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
};

/** A server that knows the custom resources, with a namespace that takes only restricted pods. */
async function cluster(): Promise<ApiServer> {
  const server = await ApiServer.start();
  const { customResources } = await kubeTools();
  await server.must(["apply", "--server-side", ...customResources.flatMap((path) => ["-f", path])]);
  await server.must(["wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"]);
  await server.must(["apply"], [restricted]);
  return server;
}

/** The pod that a Deployment makes. */
function podFrom(deployment: Manifest, name: string): Manifest {
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: podOf(deployment) ?? null };
}

testUnless(
  noApiServer,
  "openshift/ is accepted by an API server, again and again, and its pods by Pod Security",
  async (t) => {
    await using server = await cluster();
    for (const overlay of ["dev", "production"]) {
      await t.step(`overlays/${overlay}`, async () => {
        const manifests = await render(`overlays/${overlay}`);
        const dryRun = await server.kubectl(["apply", "--dry-run=server", ...STRICT], manifests);
        assert.deepEqual([dryRun.accepted, dryRun.words], [true, ""], "no error and no warning");
        await server.must(["apply", ...STRICT], manifests);
        await server.must(["apply", ...STRICT], manifests);
        const jsonpath = "jsonpath={.items[*].metadata.generation}";
        const generations = await server.must(["get", "deployment,pdb", "-n", "orders", "-o", jsonpath]);
        assert.match(generations, /^1( 1)*$/, "a second time nothing changes");
        const made = await server.kubectl(["create", ...STRICT], [
          podFrom(the("Deployment", manifests), overlay),
        ]);
        assert.deepEqual([made.accepted, made.words], [true, ""]);
        await server.must([
          "delete",
          "deployment,pod",
          "--all",
          "-n",
          "orders",
          "--grace-period=0",
          "--force",
        ]);
      });
    }
    await t.step("secrets.example.yaml", async () => {
      const secrets = parseManifests(await Deno.readTextFile(new URL("secrets.example.yaml", OPENSHIFT)));
      await server.must(["apply", ...STRICT], secrets);
    });

    const production = the("Deployment", await render("overlays/production"));
    for (const [i, { what, change, everywhere }] of REFUSED.entries()) {
      await t.step(`Pod Security ${everywhere ? "refuses" : "lets in"} ${what}`, async () => {
        const one = podFrom(changed(production, change), `refused-${i}`);
        assert.notDeepEqual(securityProblems(podOf(one)!), [], "policy.ts refuses it");
        const { accepted, words } = await server.kubectl(["create", "--dry-run=server", ...STRICT], [one]);
        assert.equal(accepted, !everywhere, words);
        if (everywhere) assert.match(words, /violates PodSecurity/, words);
      });
    }
  },
);
