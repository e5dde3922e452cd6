import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith } from "./context.ts";
import { terminalReport } from "./report.ts";
import { briefs, kafkaText } from "./text.ts";

/** Flags of `datapy kafka up`. */
export interface UpFlags {
  readonly brokers?: number;
}

/** How many brokers `up` may start. */
export function parseBrokers(text: string): number {
  if (!/^[1-5]$/.test(text)) throw new RangeError(briefs.kafkaBrokersWrong);
  return Number(text);
}

/** `datapy kafka up` */
export async function up(this: CliContext, { brokers }: UpFlags): Promise<void> {
  const report = terminalReport(this.machine);
  const begin = this.clock.now();
  const kafka = await this.kafka.start(brokers === undefined ? { report } : { report, brokers });
  if (kafka.engine === "external") report.line(kafkaText.external);
  else if (kafka.fresh) report.line(kafkaText.started(this.clock.now() - begin));
  else report.line(kafkaText.wasUp);
  if (kafka.engine !== "external" && !/:9092(,|$)/.test(kafka.bootstrap)) {
    report.line(kafkaText.otherPort(kafka.bootstrap));
  }
  this.machine.writeOut(`${kafka.bootstrap}\n`);
}

/** `datapy kafka status` */
export async function status(this: CliContext): Promise<void> {
  const found = await this.kafka.status({});
  const words = kafkaText.status(found, this.clock.wallTime());
  if (found.kind === "down" || !found.answers) return endWith(this, EXIT_CODES.failed, words);
  this.machine.writeError(`${words}\n`);
  this.machine.writeOut(`${found.kind === "up" ? found.state.bootstrap : found.bootstrap}\n`);
}

/** `datapy kafka down` */
export async function down(this: CliContext): Promise<void> {
  const report = terminalReport(this.machine);
  report.line(kafkaText.down[await this.kafka.stop({ report })]);
}
