import assert from "node:assert/strict";
import { kafkaConsumer } from "../../../../src/mods/streaming/kafka_consumer.ts";
import { at, OPENSHIFT, render, the, type Value } from "../../../support/kube/manifests.ts";
import { podOf } from "../../../support/kube/policy.ts";

const SOURCES = new URL("../../../../src/", import.meta.url);

/** A bound in milliseconds that a file of src/ has as a constant: these are not exported only to be added up here. */
function bound(file: string, name: string): number {
  const text = Deno.readTextFileSync(new URL(file, SOURCES));
  const [, value] = new RegExp(`^(?:export )?const ${name} = ([\\d_]+);$`, "m").exec(text) ?? [];
  assert.ok(value !== undefined, `src/${file} has no constant ${name}: what bounds this step now?`);
  return Number(value.replaceAll("_", ""));
}

const defaults = kafkaConsumer.params.shape;

/** What comes after SIGTERM, one after the other, each at its longest. */
const STEPS: Readonly<Record<string, number>> = {
  "what is in work may finish (shutdown_drain_timeout_s)":
    defaults.shutdown_drain_timeout_s.parse(undefined) * 1000,
  "the last commit": bound("consume/drain.ts", "LAST_COMMIT_MS"),
  "leaving the group, what runs in the session": Math.max(
    bound("kafka/kafkajs/session.ts", "SETTLE_MS"),
    bound("kafka/kafkajs/membership.ts", "LEAVE_MS"),
  ),
  "leaving it once more, for old brokers": bound("kafka/kafkajs/membership.ts", "LEAVE_MS"),
  "hanging up": bound("kafka/kafkajs/session.ts", "DISCONNECT_MS"),
  "the producer of dead letters": bound("kafka/kafkajs/producer.ts", "FLUSH_MS") +
    bound("kafka/kafkajs/producer.ts", "CUT_OFF_MS"),
  "database and producers": bound("job/run_to_exit_code.ts", "CLOSE_MS"),
};

/** How long a preStop hook takes, in seconds: one that sleeps, or `datapy sleep N`. */
function preStopSeconds(pod: Value): number {
  const hook = at(pod, "containers.0.lifecycle.preStop");
  return Number(at(hook, "sleep.seconds") ?? at(hook, "exec.command.2"));
}

for (const overlay of ["dev", "production"]) {
  const manifests = await render(`overlays/${overlay}`);
  const pod = podOf(the("Deployment", manifests))!;

  Deno.test(`openshift/overlays/${overlay}: preStop and all that follows SIGTERM fit into the grace period`, () => {
    const grace = Number(at(pod, "terminationGracePeriodSeconds"));
    const steps = { preStop: preStopSeconds(pod) * 1000, ...STEPS };
    const longest = Object.values(steps).reduce((sum, step) => sum + step) / 1000;
    assert.ok(longest <= grace, `${longest} s do not fit into ${grace} s: ${JSON.stringify(steps, null, 1)}`);
  });

  Deno.test(`openshift/overlays/${overlay}: no setting makes the drain longer than its default`, () => {
    const settings = Object.keys(at(the("ConfigMap", manifests), "data") as Record<string, Value>);
    assert.deepEqual(settings.filter((name) => /DRAIN/.test(name)), [], "add it up in the test above");
  });

  Deno.test(`openshift/overlays/${overlay}: a job that finds no brokers ends by itself, before its startup probe ends it`, () => {
    const probe = at(pod, "containers.0.startupProbe");
    const patience = Number(at(probe, "periodSeconds")) * Number(at(probe, "failureThreshold"));
    assert.ok(patience >= defaults.recovery_timeout_s.parse(undefined) + 30, `${patience} s`);
  });
}

Deno.test("openshift/README.md tells how long it takes at the longest", async () => {
  const text = await Deno.readTextFile(new URL("README.md", OPENSHIFT));
  const longest = Object.values(STEPS).reduce((sum, step) => sum + step, 5_000) / 1000;
  assert.match(text, new RegExp(`\\*\\*${longest} s\\*\\*`));
});
