import assert from "node:assert/strict";
import { LettersScene } from "../integration/support/letters_scene.ts";
import { onKafka } from "../integration/support/on_kafka.ts";

onKafka(
  "datapy dlq redrive that is killed: others wait half a minute, then none is left and few go twice",
  async (bed) => {
    const scene = await LettersScene.make(bed, 60);
    scene.isBad = () => false;
    await scene.interrupted("SIGKILL");
    const refused = await scene.dlq("redrive", "--execute");
    assert.equal(refused.code, 1, refused.err);
    assert.match(refused.err, /another redrive of it is under way, or was killed/);
    const rest = await bed.waitFor(
      async () => {
        const printed = await scene.dlq("redrive", "--execute");
        return printed.code === 0 ? printed : undefined;
      },
      "the hold of the killed one to end",
      60_000,
    );
    assert.match(rest.err, /Redrove \d+ letters/);
    await scene.consumed();
    assert.equal(new Set(scene.done).size, 60, "none is left");
    assert.ok(scene.done.length <= 62, `${scene.done.length}: the batch under way goes again, at most`);
  },
);
