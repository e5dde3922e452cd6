/** The measured job: our consumer in the requirements' mode, a message at a time and a commit each. */
import { exitWith, runMod, setupLogging, StreamController } from "../mod.ts";
import { Meter, taskOfThisProcess } from "./child.ts";

export async function main() {
  setupLogging("WARNING", "bench");
  const task = taskOfThisProcess();
  const meter = new Meter(task);
  const controller = new StreamController();
  meter.done.then(() => controller.requestStop());
  const kafka = await runMod("kafka_connector", { bootstrap_servers: task.bootstrap });
  await runMod("kafka_consumer", {
    connection: kafka.artifacts.connection,
    topics: [task.topic],
    group_id: task.group,
    controller,
    on_error: "stop",
    message_processor: () => {
      meter.message();
      return { status: "success" };
    },
  });
  meter.tell();
}

if (import.meta.main) exitWith(main);
