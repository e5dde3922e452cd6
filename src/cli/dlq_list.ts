import type { CliContext } from "./context.ts";
import { DlqScan, type Range } from "./dlq_scan.ts";
import { Tally } from "./dlq_tally.ts";
import type { KafkaFlags } from "./flags.ts";
import { withAdmin } from "./kafka_session.ts";
import { say } from "./output.ts";
import { dlqText } from "./text/dlq.ts";

/** `datapy dlq list TOPIC` */
export async function list(this: CliContext, flags: KafkaFlags & Range, topic: string): Promise<void> {
  await withAdmin(this, flags, async (admin) => {
    const scan = await DlqScan.open(admin, topic, flags, this.clock.wallTime());
    const tally = new Tally();
    for await (const letter of scan.letters()) tally.add(letter);
    tally.print(this, flags.json);
    if (scan.foreign > 0) say(this, dlqText.foreign(scan.foreign));
    if (tally.letters === 0) return say(this, dlqText.none(topic));
    say(this, dlqText.count(tally.letters, tally.causes, tally.open));
  });
}
