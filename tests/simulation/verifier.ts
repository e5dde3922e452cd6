import type { Settings } from "./history.ts";
import { EndLaws } from "./end_laws.ts";
import { MessageLaws } from "./message_laws.ts";
import { PartitionLaws } from "./partition_laws.ts";
import { type Time, Watch } from "./watch.ts";

/**
 * The laws of delivery, checked at each step. It sees only what passes between the consumer and the world (the driver, the
 * processor, the stop, the log), and shares no code with src/consume.
 */
export class Verifier {
  readonly watch: Watch;
  readonly partitions: PartitionLaws;
  readonly messages: MessageLaws;
  readonly ends: EndLaws;

  /** @param observed Is told after each thing that was seen how many there were. */
  constructor(settings: Settings, time: Time, observed: (count: number) => void) {
    this.watch = new Watch(settings, time, observed);
    this.partitions = new PartitionLaws(this.watch);
    this.messages = new MessageLaws(this.watch);
    this.ends = new EndLaws(this.watch);
  }
}
