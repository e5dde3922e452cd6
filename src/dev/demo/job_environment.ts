import type { Tools } from "../shared/tools.ts";
import type { JobStart } from "./job_process.ts";
import { taskCommand } from "./task_command.ts";

const JOB = "jobs/orders.ts";

/** The broker's minimum, so that the kill costs seconds; a heartbeat comes three times as often. */
const SESSION_TIMEOUT_MS = 6000;

/** Where the job finds its topic and its database. */
export interface JobPlace {
  readonly bootstrap: string;
  readonly topic: string;
  readonly group: string;
  readonly databaseUrl: string;
  readonly logFile: string;
}

/** How to start the job: by the task `run` of deno.json, with the context's keys set from the environment. */
export async function jobStart(
  tools: Tools,
  place: JobPlace,
): Promise<{ readonly job: JobStart; readonly name: string; readonly sessionTimeoutMs: number }> {
  const task = taskCommand(await tools.disk.readText("deno.json") ?? "{}", "run", [JOB]);
  const environment = {
    KAFKA_BOOTSTRAP_SERVERS: place.bootstrap,
    KAFKA_SECURITY_PROTOCOL: "PLAINTEXT",
    KAFKA_INPUT_TOPIC: place.topic,
    KAFKA_CONSUMER_GROUP: place.group,
    KAFKA_ADDITIONAL_CONFIG: JSON.stringify({
      "session.timeout.ms": SESSION_TIMEOUT_MS,
      "heartbeat.interval.ms": SESSION_TIMEOUT_MS / 3,
    }),
    DATABASE_URL: place.databaseUrl,
    PROCESSING_ON_ERROR: "continue",
    LOG_LEVEL: "INFO",
    LOG_FORMAT: "text", // the demo reads what was skipped from it
  };
  const flags = task.permissions.filter((flag) => flag !== "--no-prompt"); // denoCommand gives it; twice is an error
  const command = [...tools.subprocesses.denoCommand(task.script, flags), ...task.args];
  return {
    job: { command, environment, logFile: place.logFile },
    name: JOB,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
  };
}
