/** datapy dlq as a process, on letters that a consumer has written to a real Kafka. */
import assert from "node:assert/strict";
import type { Message } from "../../mod.ts";
import { REDRIVE } from "../../src/consume/dead_letters_headers.ts";
import type { Bed } from "./support/bed.ts";
import { DatapyProcess, type Printed } from "./support/cli_process.ts";
import { Consuming } from "./support/consuming.ts";
import { onKafka } from "./support/on_kafka.ts";

const jsonLines = (out: string) => out.trimEnd().split("\n").map((line) => JSON.parse(line));

/** A topic with dead letters, and a consumer of it whose mind a test can change. */
class Scene {
  /** Values that fail now. */
  isBad: (value: string) => boolean = () => true;
  readonly done: string[] = [];
  readonly messages: Message[] = [];

  private constructor(
    readonly bed: Bed,
    readonly topic: string,
    readonly letters: string,
    readonly group: string,
    readonly count: number,
  ) {}

  static async make(bed: Bed, count: number): Promise<Scene> {
    const [topic, letters] = [await bed.topic(3), await bed.topic(3)];
    await bed.send(topic, count, 3);
    const scene = new Scene(bed, topic, letters, bed.group(), count);
    const params = { topics: [topic], group_id: scene.group, dead_letter_topic: letters };
    await Consuming.start(bed, params, (message) => {
      scene.messages.push(message);
      const value = String(message.value);
      if (scene.isBad(value)) throw new Error(`value ${value} of order 17 is bad`);
      scene.done.push(value);
      return { status: "success" };
    });
    await scene.consumed();
    return scene;
  }

  async consumed(): Promise<void> {
    await this.bed.committedAll(this.group, this.topic);
  }

  dlq(command: string, ...words: string[]): Promise<Printed> {
    return DatapyProcess.run(this.words(command, ...words));
  }

  words(command: string, ...words: string[]): string[] {
    return ["dlq", command, this.letters, ...words, "--bootstrap", this.bed.broker];
  }
}

onKafka("datapy dlq counts, shows, redrives and drops what a consumer could not process", async (bed) => {
  const scene = await Scene.make(bed, 9);
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
  "datapy dlq redrive goes on where Ctrl+C or a kill has ended it: none is left, few go twice",
  async (bed) => {
    const scene = await Scene.make(bed, 60);
    scene.isBad = () => false;
    const begin = async (signal: Deno.Signal) => {
      await using redrive = new DatapyProcess(scene.words("redrive", "--execute", "--rate", "10", "--json"));
      await redrive.printed("\n"); // the first are sent
      redrive.send(signal);
      return await redrive.ended();
    };
    const stopped = await begin("SIGINT");
    assert.equal(stopped.code, 1, stopped.err);
    const count = Number(/^Stopped after (\d+) letters, which are marked/.exec(stopped.err)?.[1]);
    assert.ok(count > 0 && count < 60, stopped.err);
    await scene.consumed();
    assert.equal(scene.done.length, count);
    await begin("SIGKILL");
    const rest = await scene.dlq("redrive", "--execute");
    assert.equal(rest.code, 0, rest.err);
    await scene.consumed();
    assert.equal(new Set(scene.done).size, 60, "none is left");
    assert.ok(
      scene.done.length <= 62,
      `${scene.done.length}: a kill sends the batch under way again, at most`,
    );
  },
);
