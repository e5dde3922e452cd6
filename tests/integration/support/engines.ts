import type { Engine } from "../../../src/dev/kafka/broker.ts";
import { kafkaImage, LABEL } from "../../../src/dev/kafka/container_start.ts";
import { findContainerEngine } from "../../../src/dev/shared/container_engine.ts";
import { engineApi } from "../../../src/dev/shared/engine_api.ts";
import { findEngines } from "../../../src/dev/kafka/engines.ts";
import { systemTools } from "../../../src/dev/kafka/mod.ts";
import { answersKafka } from "../../../src/dev/kafka/ready.ts";
import { splitAddress } from "../../../src/dev/kafka/running.ts";
import { BROKER_FOLDER, testUnless } from "../../support/broker.ts";

/** The tools of this machine. */
export const tools = systemTools(BROKER_FOLDER);
/** The container engine of this machine, if there is one. */
export const container = await findContainerEngine(tools, kafkaImage(tools));

/** Why an engine cannot be tried here; undefined where it can. In CI an image is pulled; a pull that fails is a failure. */
export const MISSING: Readonly<Record<Engine, string | undefined>> = {
  jvm: await findEngines(tools, "jvm").then(() => undefined, (error: Error) => error.message),
  container: container.imageHere || (container.address !== undefined && Deno.env.has("CI"))
    ? undefined
    : container.problem,
};

/** Whether a broker answers at `host:port`. */
export const answers = (bootstrap: string) => answersKafka(tools.ports, ...splitAddress(bootstrap));

/** Runs a command to its end. */
export const run = (...command: string[]) => tools.subprocesses.run(command);

/** What is left of brokers with a word in their command line or labels. */
export async function leftOf(word: string): Promise<string[]> {
  const { stdout } = await run("sh", "-c", "ps -eww -o args=");
  const processes = stdout.split("\n").filter((line) => line.includes(word) && !line.includes("ps -eww"));
  const containers = container.address === undefined
    ? []
    : await engineApi(container.address).labelled(`${LABEL}=${word}`);
  return [...processes, ...containers];
}

/** A test on one engine, skipped with its reason where that engine cannot be tried. */
export const onEngine = (engine: Engine, what: string, fn: () => Promise<void>) =>
  testUnless(MISSING[engine], `${what} (${engine})`, fn);
