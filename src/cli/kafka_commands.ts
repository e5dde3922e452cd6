import { EXIT_CODES } from "../job/exit_codes.ts";
import { type CliContext, endWith } from "./context.ts";
import { terminalReport } from "./report.ts";
import { kafkaText } from "./text.ts";

/** `datapy kafka up` */
export async function up(this: CliContext): Promise<void> {
  const report = terminalReport(this.machine);
  const begin = this.clock.now();
  const kafka = await this.kafka.start({ report });
  if (kafka.engine === "external") report.line(kafkaText.external);
  else if (kafka.fresh) report.line(kafkaText.started(this.clock.now() - begin));
  else report.line(kafkaText.wasUp);
  if (kafka.engine !== "external" && !kafka.bootstrap.endsWith(":9092")) {
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
