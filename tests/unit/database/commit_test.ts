import assert from "node:assert/strict";
import { UnavailableError } from "../../../src/core/errors.ts";
import { commit } from "../../../src/database/duckdb/commit.ts";
import { refusal, tableWrite, TestDatabase } from "./support.ts";

/** A database for a commit, and whether it was given up. */
function place(isInPlace = true) {
  const place = {
    name: "duckdb:x",
    gaveUp: 0,
    lease: { isInPlace: () => Promise.resolve(isInPlace) },
    giveUp: () => void place.gaveUp++,
  };
  return place;
}

const failing = (message: string) => () => Promise.reject(new Error(message));

Deno.test("commit() resolves where only the checkpoint behind it failed, and has the database opened again", async () => {
  for (const type of ["FATAL", "IO"]) {
    const at = place();
    await commit(
      failing(
        `${type} Error: Transaction COMMIT succeeded and is durable, but the autocheckpoint failed. Reopen ...`,
      ),
      at,
    );
    assert.equal(at.gaveUp, 1);
  }
});

Deno.test("commit() rejects with DuckDB's error where nothing was kept", async () => {
  const at = place();
  await assert.rejects(commit(failing("IO Error: Could not write file"), at), /Could not write file/);
  assert.equal(at.gaveUp, 0);
});

Deno.test("commit() rejects where its file is not at its path any more, whatever DuckDB says", async () => {
  for (
    const run of [
      () => Promise.resolve(),
      failing("FATAL Error: Transaction COMMIT succeeded and is durable, but"),
    ]
  ) {
    const at = place(false);
    await assert.rejects(commit(run, at), UnavailableError);
    assert.ok(at.gaveUp > 0);
  }
});

Deno.test("a write or a query into a file that was deleted or replaced is unavailable, the next one is in the new file", async () => {
  const make = "CREATE TABLE t (id INTEGER)";
  await using other = await TestDatabase.make(make);
  await using place = await TestDatabase.make(make);
  const write = async (id: number) =>
    await (await place.open()).write([tableWrite({ table: "t", rows: [{ id }] })]);
  const query = async (id: number) => await (await place.open()).query("INSERT INTO t VALUES ($id)", { id });
  let id = 0;
  for (
    const change of [
      () => Deno.remove(place.file),
      () =>
        Deno.copyFile(other.file, `${place.file}.new`).then(() =>
          Deno.rename(`${place.file}.new`, place.file)
        ),
    ]
  ) {
    for (const work of [write, query]) {
      await work(id);
      await change();
      const text = await refusal(work(++id), "unavailable");
      assert.match(text, /Cannot write to duckdb:.*its file was deleted or replaced while it was open/);
      await place.open(); // makes the file where there is none
      await place.sql("CREATE TABLE IF NOT EXISTS t (id INTEGER)");
      await work(++id);
      await work(++id);
      await (await place.open()).close();
      assert.deepEqual(await place.sql("SELECT id FROM t ORDER BY id"), [{ id: id - 1 }, { id }]);
    }
  }
});
