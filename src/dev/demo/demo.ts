import { join, relative } from "node:path";
import { UnavailableError } from "../../core/errors.ts";
import { lastLines } from "../kafka/ready.ts";
import type { Kafka, StartOptions } from "../kafka/mod.ts";
import type { Tools } from "../kafka/tools.ts";
import { type Check, checkTable, differenceLines, holds } from "./checks.ts";
import { afterCrash, compareOrders, type CrashFindings } from "./compare.ts";
import { DATABASE_FILE, DATABASE_URL, makeRoom, type Query, readOrders } from "./database.ts";
import { generateOrders } from "./generate.ts";
import { unlessStopped } from "./interrupt.ts";
import { taskCommand } from "./job_command.ts";
import { type JobProcess, startJob } from "./job_process.ts";
import type { Rate } from "./rate.ts";
import { count, counted, type Screen } from "./screen.ts";
import { compareSkipped, skippedIn } from "./skipped.ts";
import { DemoTopic, type TopicNames } from "./topic.ts";
import { TopicModel, total } from "./topic_model.ts";
import { untilCommitted } from "./watch.ts";

/** What the demo needs from outside. */
export interface DemoPorts {
  readonly tools: Tools;
  readonly screen: Screen;
  /** Fires when it is to stop, with the reason as its error. */
  readonly signal: AbortSignal;
  readonly query: Query;
  startKafka(options: StartOptions): Promise<Kafka>;
}
