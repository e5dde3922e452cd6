import assert from "node:assert/strict";
import { openDatabase } from "../../src/database/open.ts";
import { LABEL } from "../../src/dev/postgres/container.ts";
import { postgresImage } from "../../src/dev/postgres/engines.ts";
import { npmPlatform } from "../../src/dev/postgres/npm_programs.ts";
import { installedPrograms } from "../../src/dev/postgres/programs.ts";
import { answerOf } from "../../src/dev/postgres/ready.ts";
import type { Engine } from "../../src/dev/postgres/server.ts";
import { findContainerEngine } from "../../src/dev/shared/container_engine.ts";
import { engineApi } from "../../src/dev/shared/engine_api.ts";
import { systemTools } from "../../src/dev/shared/tools.ts";
import { BROKER_FOLDER, testUnless } from "../support/broker.ts";
import { waitFor } from "../support/wait_for.ts";
import { tableWrite } from "../unit/database/support.ts";
import { DatapyFolder } from "./support/datapy_command.ts";

const tools = systemTools(BROKER_FOLDER);
const container = await findContainerEngine(tools, postgresImage(tools));

/**
 * Why an engine is not tried here. One of them is enough: what they share is most of it. In CI a skipped test fails, so those
 * that cannot be had on a bare machine are left out without a word; npm's programs are tried on every one.
 */
const HAS: Readonly<Record<Engine, boolean>> = {
  installed: await installedPrograms(tools) !== undefined,
  npm: npmPlatform() !== undefined,
  container: container.imageHere,
};
const engines = (["installed", "npm", "container"] as const).filter((engine) => HAS[engine]);

const answers = async (port: number) => await answerOf(tools.ports, "127.0.0.1", port) === "ready";

/** What is left of servers with a word in their command line or labels. */
async function leftOf(word: string): Promise<string[]> {
  const { stdout } = await tools.subprocesses.run(["sh", "-c", "ps -eww -o args="]);
  const processes = stdout.split("\n").filter((line) => line.includes(word) && !line.includes("ps -eww"));
  const containers = container.address === undefined
    ? []
    : await engineApi(container.address).labelled(`${LABEL}=${word}`);
  return [...processes, ...containers];
}

testUnless(
  engines.length > 0 ? undefined : "nothing here can run PostgreSQL",
  "PostgreSQL can run here",
  () => {},
);

for (const engine of engines) {
  Deno.test(`postgres up, a write, up, down: an url as the last line, words on stderr, nothing left (${engine})`, async () => {
    await using folder = await DatapyFolder.make({ DATAPY_POSTGRES_ENGINE: engine, DATAPY_POSTGRES: "" });
    const before = await folder.datapy("postgres", "status");
    assert.deepEqual([before.code, before.out], [1, ""], before.err);
    const up = await folder.datapy("postgres", "up");
    assert.equal(up.code, 0, up.err);
    assert.match(up.out, /^postgres:\/\/datapy:development@localhost:\d+\/datapy\n$/);
    assert.ok(up.err.includes(`DATABASE_URL=${up.out.trim()}`), up.err);
    const url = up.out.trim();
    const database = await openDatabase(url);
    await database.write([tableWrite({ table: "t", createTable: true, rows: [{ id: 1 }] })]);
    await database.close();
    const status = await folder.datapy("postgres", "status");
    assert.deepEqual([status.code, status.out], [0, up.out], status.err);
    const again = await folder.datapy("postgres", "up");
    assert.deepEqual([again.code, again.out], [0, up.out], again.err);
    assert.match(again.err, /up already/);
    const down = await folder.datapy("postgres", "down");
    assert.deepEqual([down.code, down.out], [0, ""], down.err);
    assert.equal(await answers(Number(new URL(url).port)), false);
    assert.deepEqual(await leftOf(`${folder.path}/.datapy/postgres/`), []);
    assert.deepEqual(await leftOf(`up ${folder.path}/.datapy`), []);
    const over = await folder.datapy("postgres", "down");
    assert.deepEqual([over.code, over.err], [0, "PostgreSQL was not running\n"]);
  });

  Deno.test(`an ephemeral PostgreSQL is gone after its owner was killed by SIGKILL (${engine})`, async () => {
    const script = new URL("./support/postgres_owner.ts", import.meta.url).href;
    const owner = tools.subprocesses.start([
      ...["env", "DATAPY_POSTGRES=", `DATAPY_POSTGRES_ENGINE=${engine}`],
      ...tools.subprocesses.denoCommand(script, ["-q", "--allow-all"]),
    ]);
    try {
      const port = Number(await owner.readLine());
      assert.ok(port > 0, owner.errorTail());
      assert.ok(await answers(port));
      const mine = `process-${owner.pid}`;
      const folder = `postgres-${owner.pid}-`;
      assert.notDeepEqual([...await leftOf(mine), ...await leftOf(folder)], []);
      await tools.subprocesses.signal(owner.pid, "KILL");
      await waitFor(async () => !await answers(port), "the end of the server");
      await waitFor(
        async () => (await leftOf(mine)).length + (await leftOf(folder)).length === 0,
        "no traces",
      );
      const names = async () =>
        (await tools.disk.list(`${BROKER_FOLDER}/tmp`)).filter((name) => name.startsWith(folder));
      await waitFor(async () => (await names()).length === 0, "the end of its folder");
    } finally {
      await owner.closeInput();
      await owner.ended();
    }
  });
}

Deno.test("data of `postgres up` outlive a server that was killed", async () => {
  await using folder = await DatapyFolder.make({
    DATAPY_POSTGRES: "",
    DATAPY_POSTGRES_ENGINE: engines[0] ?? "",
  });
  const up = await folder.datapy("postgres", "up");
  assert.equal(up.code, 0, up.err);
  try {
    const database = await openDatabase(up.out.trim());
    await database.write([tableWrite({ table: "t", createTable: true, rows: [{ id: 5 }] })]);
    await database.close();
    const { pid } = JSON.parse(await Deno.readTextFile(`${folder.path}/.datapy/postgres.json`)) as {
      pid?: number;
    };
    if (pid === undefined) return; // in a container
    await tools.subprocesses.signal(pid, "QUIT");
    await waitFor(async () => await tools.subprocesses.commandLine(pid) === "", "its end");
    const again = await folder.datapy("postgres", "up");
    assert.equal(again.code, 0, again.err);
    const reopened = await openDatabase(again.out.trim());
    assert.deepEqual(await reopened.query("SELECT id FROM t"), [{ id: 5n }]);
    await reopened.close();
  } finally {
    await folder.datapy("postgres", "down");
  }
});
