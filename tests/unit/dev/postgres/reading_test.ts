import assert from "node:assert/strict";
import { ConfigurationError } from "../../../../src/core/errors.ts";
import { externalPostgres } from "../../../../src/dev/postgres/external.ts";
import { newestPrograms } from "../../../../src/dev/postgres/programs.ts";
import { answerOf, startupMessage } from "../../../../src/dev/postgres/ready.ts";
import { FakeMachine } from "../fake_tools.ts";

Deno.test("newestPrograms() takes the newest version that is new enough", () => {
  const line = (folder: string, version: string) => `${folder} postgres (PostgreSQL) ${version}`;
  const found = (...lines: string[]) => newestPrograms(lines.join("\n") + "\n");
  assert.deepEqual(
    found(
      line("/usr/lib/postgresql/9.6/bin", "9.6.24"),
      line("/a b/bin", "15.18 (Debian 15.18-0+deb12u1)"),
      line("/c", "17.2"),
    ),
    { engine: "installed", folder: "/c", version: "17.2" },
  );
  assert.equal(found(line("/a b/bin", "15.18 (Debian)"))?.folder, "/a b/bin");
  assert.equal(found(line("/x", "13.20")), undefined);
  assert.equal(found(line("/x", "19devel"))?.version, "19");
  assert.equal(found(""), undefined);
});

Deno.test("externalPostgres() reads DATAPY_POSTGRES, and shows it in no error", () => {
  const read = (url: string) => {
    const machine = new FakeMachine();
    machine.env.set("DATAPY_POSTGRES", url);
    return externalPostgres(machine.tools());
  };
  assert.deepEqual(read("postgres://u:p@far:6000/d"), {
    url: "postgres://u:p@far:6000/d",
    host: "far",
    port: 6000,
  });
  assert.equal(read("postgresql://u@[::1]/d")?.host, "::1");
  assert.equal(read("postgres://u@far/d")?.port, 5432);
  for (const bad of ["canary-5157", "mysql://u:canary-5157@h/d", "postgres://u:canary-5157@"]) {
    assert.throws(() => read(bad), (error: Error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.ok(!error.message.includes("5157"));
      return true;
    });
  }
});

Deno.test("startupMessage() is PostgreSQL's, and answerOf() reads what comes back", async () => {
  const message = startupMessage("u", "d");
  assert.equal(new DataView(message.buffer).getInt32(0), message.length);
  assert.equal(new TextDecoder().decode(message.subarray(8)), "user\0u\0database\0d\0\0");
  const answers = async (text: string | undefined) => {
    const machine = new FakeMachine();
    const tools = machine.tools();
    const ports = {
      ...tools.ports,
      ask: () =>
        text === undefined
          ? Promise.reject(new Error("refused"))
          : Promise.resolve(new TextEncoder().encode(text)),
    };
    return await answerOf(ports, "h", 1);
  };
  assert.equal(await answers("R\0\0\0\x17"), "ready");
  assert.equal(await answers("E\0\0\0\x20SFATAL\0C57P03\0M...\0\0"), "starting");
  assert.equal(await answers("E\0\0\0\x20SFATAL\0C28000\0M...\0\0"), "ready");
  assert.equal(await answers("HTTP/1.1 400 Bad Request"), "none");
  assert.equal(await answers(undefined), "none");
});
