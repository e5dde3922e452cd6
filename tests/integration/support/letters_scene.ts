import type { Message } from "../../../mod.ts";
import type { Bed } from "./bed.ts";
import { DatapyProcess, type Printed } from "./cli_process.ts";
import { Consuming } from "./consuming.ts";

/** A topic with dead letters, and a consumer of it whose mind a test can change. */
export class LettersScene {
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

  static async make(bed: Bed, count: number): Promise<LettersScene> {
    const [topic, letters] = [await bed.topic(3), await bed.topic(3)];
    await bed.send(topic, count, 3);
    const scene = new LettersScene(bed, topic, letters, bed.group(), count);
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

  /** A redrive of all that is ended by a signal when it has sent the first. */
  async interrupted(signal: Deno.Signal): Promise<Printed> {
    await using redrive = new DatapyProcess(this.words("redrive", "--execute", "--rate", "10", "--json"));
    await redrive.printed("\n");
    redrive.send(signal);
    return await redrive.ended();
  }

  words(command: string, ...words: string[]): string[] {
    return ["dlq", command, this.letters, ...words, "--bootstrap", this.bed.broker];
  }
}
