import assert from "node:assert/strict";
import { chooseEngine, type Findings } from "../../../../src/dev/postgres/engine_choice.ts";

const bare: Findings = {
  installed: false,
  container: { reachable: false, imageHere: false, problem: "there is no container engine" },
  npm: false,
};
const engine = (imageHere: boolean) => ({
  container: {
    reachable: true,
    imageHere,
    problem: imageHere ? "" : "the image postgres:17 is not on this machine",
  },
});
const enginesOf = (found: Partial<Findings>) => {
  const choice = chooseEngine({ ...bare, ...found }, undefined);
  return choice.kind === "use" ? choice.engines : choice.reason;
};

Deno.test("chooseEngine() takes what is installed, an image that is here, npm's programs, an image to pull, in that order", () => {
  assert.deepEqual(enginesOf({ installed: true, npm: true, ...engine(true) }), [
    "installed",
    "container",
    "npm",
  ]);
  assert.deepEqual(enginesOf({ npm: true, ...engine(true) }), ["container", "npm"]);
  assert.deepEqual(enginesOf({ npm: true, ...engine(false) }), ["npm", "container"]);
  assert.deepEqual(enginesOf({ ...engine(false) }), ["container"]);
  assert.deepEqual(enginesOf({ npm: true }), ["npm"]);
});

Deno.test("chooseEngine() says what to install where there is nothing", () => {
  const reason = String(enginesOf({}));
  assert.match(
    reason,
    /no PostgreSQL server is installed, there is no container engine, and npm has no programs/,
  );
  assert.match(reason, /install PostgreSQL's server, or Docker or Podman, or set DATAPY_POSTGRES=/);
});

Deno.test("chooseEngine() keeps to the engine that is asked for, or says why it cannot", () => {
  for (const forced of ["installed", "container", "npm"] as const) {
    const everything = { installed: true, npm: true, ...engine(false) };
    assert.deepEqual(chooseEngine(everything, forced), { kind: "use", engines: [forced] });
    const none = chooseEngine(bare, forced);
    assert.match(
      none.kind === "none" ? none.reason : "",
      new RegExp(`^DATAPY_POSTGRES_ENGINE is ${forced}, but `),
    );
  }
});
