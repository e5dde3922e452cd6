/** datapy dlq as a process, on letters that a consumer has written to a real Kafka. */
import assert from "node:assert/strict";
import { REDRIVE } from "../../src/consume/dead_letters_headers.ts";
import { LettersScene } from "./support/letters_scene.ts";
import { onKafka } from "./support/on_kafka.ts";

const jsonLines = (out: string) => out.trimEnd().split("\n").map((line) => JSON.parse(line));

onKafka("datapy dlq counts, shows, redrives and drops what a consumer could not process", async (bed) => {
  const scene = await LettersScene.make(bed, 9);
  const listed = await scene.dlq("list", "--json");
  assert.equal(listed.code, 0, listed.err);
  const [cause] = jsonLines(listed.out);
  assert.deepEqual([cause.open, cause.topic, cause.class, cause.message], [
    9,
    scene.topic,
    "Error",
    "value m-# of order # is bad",
  ]);
  const shown = jsonLines((await scene.dlq("show", "1@0", "--json")).out)[0];
  assert.deepEqual([shown.value, shown.message.topic, shown.attempts], ["m-1", scene.topic, "1"]);

  const dry = await scene.dlq("redrive", "--partition", "0", "--partition", "1");
  assert.equal(dry.code, 0, dry.err);
  assert.match(dry.err, /^6 letters would be redriven\n/);
  scene.isBad = (value) => value === "m-1";
  const sent = await scene.dlq("redrive", "--partition", "0", "--partition", "1", "--execute");
  assert.deepEqual([sent.code, sent.err], [0, "Redrove 6 letters\n"]);
  await scene.consumed();
  assert.deepEqual(scene.done.toSorted(), ["m-0", "m-3", "m-4", "m-6", "m-7"]);
  const again = scene.messages.filter(({ value }) => value === "m-1").at(-1);
  assert.equal(again?.partition, 1, "the partition it came from");
  assert.deepEqual(
    [again?.headers[REDRIVE.from], again?.headers[REDRIVE.count]],
    [`${scene.letters}/1/0`, "1"],
  );

  const [left] = jsonLines((await scene.dlq("list", "--json")).out);
  assert.deepEqual([left.letters, left.open, left.again, left.done], [10, 4, 1, 6]);
  const refused = await scene.dlq("redrive", "--partition", "0", "--partition", "1", "--execute");
  assert.match(refused.err, /Left out: 6 letters redriven .*, 1 letter that failed again/);
  assert.match(refused.err, /No letter fits/);
  scene.isBad = () => false;
  const forced = await scene.dlq("redrive", "--cause", "m-1 of", "--force", "--execute");
  assert.match(forced.err, /Redrove 1 letter\n/);
  await scene.consumed();
  const last = scene.messages.at(-1);
  assert.deepEqual([last?.value, last?.headers[REDRIVE.count]], ["m-1", "2"]);

  assert.equal((await scene.dlq("drop", "--execute")).err.split("\n").at(-2), "Dropped 3 letters");
  assert.match((await scene.dlq("list")).err, / 0 open, 10 done/);
});

onKafka(
  "datapy dlq redrive goes on where Ctrl+C has ended it: none is left, none goes twice",
  async (bed) => {
    const scene = await LettersScene.make(bed, 60);
    scene.isBad = () => false;
    const stopped = await scene.interrupted("SIGINT");
    assert.equal(stopped.code, 1, stopped.err);
    const count = Number(/^Stopped after (\d+) letters, which are marked/.exec(stopped.err)?.[1]);
    assert.ok(count > 0 && count < 60, stopped.err);
    await scene.consumed();
    assert.equal(scene.done.length, count);
    const rest = await scene.dlq("redrive", "--execute");
    assert.equal(rest.code, 0, rest.err);
    await scene.consumed();
    assert.deepEqual([scene.done.length, new Set(scene.done).size], [60, 60]);
  },
);

onKafka("datapy dlq redrive by three processes at once sends each message once", async (bed) => {
  const scene = await LettersScene.make(bed, 40);
  scene.isBad = () => false;
  const ends = await Promise.all(
    Array.from({ length: 3 }, () => scene.dlq("redrive", "--execute", "--rate", "20")),
  );
  const all = ends.map(({ err }) => err).join("");
  assert.match(all, /Redrove 40 letters/);
  for (const { code, err } of ends) {
    assert.ok(code === 0 || /another redrive of it is under way/.test(err), err); // 0 where it began after the other's end
  }
  await scene.consumed();
  assert.deepEqual([scene.done.length, new Set(scene.done).size], [40, 40]);
});
