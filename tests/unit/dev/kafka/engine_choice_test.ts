import assert from "node:assert/strict";
import fc from "fast-check";
import { chooseEngine, type Findings } from "../../../../src/dev/kafka/engine_choice.ts";

const everything: Findings = {
  container: { reachable: true, imageHere: true, problem: "" },
  java: { version: 21 },
  maven: true,
  jars: true,
};

const findings: fc.Arbitrary<Findings> = fc.record({
  container: fc.record({
    reachable: fc.boolean(),
    imageHere: fc.boolean(),
    problem: fc.constant("there is no container engine"),
  }),
  java: fc.record({ version: fc.constantFrom(undefined, 8, 11, 17, 25) }),
  maven: fc.boolean(),
  jars: fc.boolean(),
});

const jvmWorks = ({ java, maven, jars }: Findings) => (java.version ?? 0) >= 17 && (maven || jars);

Deno.test("chooseEngine() names only engines that can start, each once, and all of them", () =>
  fc.assert(fc.property(findings, (found) => {
    const choice = chooseEngine(found, undefined);
    const possible = [
      ...(found.container.reachable ? ["container"] : []),
      ...(jvmWorks(found) ? ["jvm"] : []),
    ];
    const named = choice.kind === "use" ? [...choice.engines].sort() : [];
    assert.deepEqual(named, possible.sort());
  })));

Deno.test("chooseEngine() takes the one that is asked for, or says why it cannot be", () =>
  fc.assert(fc.property(findings, fc.constantFrom("jvm", "container"), (found, forced) => {
    const choice = chooseEngine(found, forced);
    const possible = forced === "jvm" ? jvmWorks(found) : found.container.reachable;
    if (choice.kind === "use") assert.deepEqual([possible, choice.engines], [true, [forced]]);
    else assert.match(choice.reason, new RegExp(`^DATAPY_KAFKA_ENGINE is ${forced}, but there is|Java is`));
  })));

Deno.test("chooseEngine() prefers a container whose image is here, then the JVM, then a container to be pulled", () => {
  const imageElsewhere = { ...everything, container: { ...everything.container, imageHere: false } };
  assert.deepEqual(chooseEngine(everything, undefined), { kind: "use", engines: ["container", "jvm"] });
  assert.deepEqual(chooseEngine(imageElsewhere, undefined), { kind: "use", engines: ["jvm", "container"] });
});

Deno.test("chooseEngine() says in one sentence what to install where nothing is there", () => {
  const bare: Findings = {
    container: { reachable: false, imageHere: false, problem: "there is no container engine" },
    java: { version: undefined },
    maven: false,
    jars: false,
  };
  const reasons = [bare, { ...bare, java: { version: 17 } }, { ...bare, java: { version: 11 }, maven: true }]
    .map(
      (found) => {
        const choice = chooseEngine(found, undefined);
        return choice.kind === "none" ? choice.reason : "";
      },
    );
  for (const reason of reasons) {
    assert.match(reason, /install Docker or Podman, or Java 17 or newer with Maven/);
    assert.ok(!reason.includes("\n"));
  }
  assert.match(reasons[0]!, /there is no container engine, and there is no Java/);
  assert.match(reasons[1]!, /no Maven/);
  assert.match(reasons[2]!, /Java is version 11/);
});
