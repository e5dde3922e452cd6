import { UnavailableError } from "../../core/errors.ts";
import type { Child } from "../../runtime/subprocess.ts";
import type { BrokerOptions } from "./broker.ts";
import { type BrokerPlace, brokerProperties, propertiesEnvironment } from "./broker_properties.ts";
import { HostAnswer, type HostRequest } from "./container_protocol.ts";
import { containerHost, dockerHost, type EngineAddress } from "./engine_address.ts";
import { withSeconds } from "./progress.ts";
import { lastLines, READY_TIMEOUT_MS } from "./ready.ts";
import type { Tools } from "./tools.ts";
import { DEFAULT_IMAGE } from "./versions.ts";

/** All containers of ours have this label, with who keeps them: a process, or `up` of a folder. */
export const LABEL = "datapy.kafka";

/** The label's value for what `up` has left running. */
export const upKeeper = (tools: Tools) => `up ${tools.folder}`;

/**
 * The port that apache/kafka's image exposes. Podman lists it among the bound ports even where it is not, and
 * testcontainers then waits for it in vain: so it is the one that is bound.
 */
const IMAGE_PORT = 9092;

/** The image that is started. */
export const kafkaImage = (tools: Tools) => tools.env("DATAPY_KAFKA_IMAGE") ?? DEFAULT_IMAGE;

/** Where a broker in a container stands, with ports that are free now. */
export function containerPlace(
  tools: Tools,
  address: EngineAddress,
  options: BrokerOptions,
  port?: number,
): BrokerPlace {
  const count = options.listeners?.length ?? 0;
  const [first = 0, controllerPort = 0, internalPort = 0, ...listenerPorts] = tools.ports.free(3 + count);
  return {
    bind: "0.0.0.0",
    host: containerHost(address),
    port: port ?? first,
    listenPort: IMAGE_PORT,
    internalPort,
    controllerPort,
    listenerPorts,
    dataFolder: "/tmp/kafka-data", // every image lets its user write there
  };
}

/** A container that runs, and the process that guards it where it is not detached. */
export interface StartedContainer {
  readonly id: string;
  readonly host: Child;
}

/**
 * Starts a container by a host process of its own. Rejects with an `UnavailableError` that holds the end of the broker's log.
 */
export async function startContainer(
  tools: Tools,
  address: EngineAddress,
  place: BrokerPlace,
  options: BrokerOptions,
  keeper: string,
  detached: boolean,
): Promise<StartedContainer> {
  const image = kafkaImage(tools);
  const own = crypto.randomUUID();
  const request: HostRequest = {
    image,
    ports: [
      { container: place.listenPort, host: place.port },
      ...place.listenerPorts.map((port) => ({ container: port, host: port })),
    ],
    environment: {
      ...propertiesEnvironment(brokerProperties(options, place)),
      CLUSTER_ID: own.replaceAll("-", "").slice(0, 22),
      KAFKA_HEAP_OPTS: `-Xmx${options.heapMb ?? 256}m`,
    },
    labels: { [LABEL]: keeper, "datapy.kafka.id": own },
    ownLabel: `datapy.kafka.id=${own}`,
    startTimeoutMs: READY_TIMEOUT_MS,
    detached,
  };
  const script = import.meta.resolve("./container_host.ts");
  const host = tools.subprocesses.start([
    "env",
    "NO_COLOR=1",
    `DOCKER_HOST=${dockerHost(address)}`,
    "TESTCONTAINERS_RYUK_DISABLED=true", // it would remove what `up` leaves running; the host process does its work
    `TESTCONTAINERS_HOST_OVERRIDE=${place.host}`,
    ...tools.subprocesses.denoCommand(script, [
      "--quiet",
      "--allow-env",
      "--allow-sys",
      "--allow-read",
      "--allow-write",
      "--allow-net",
      "--allow-run", // testcontainers asks Docker's credential helpers when it pulls
    ]),
  ]);
  await host.writeLine(JSON.stringify(request));
  const line = await withSeconds(tools, `Starting ${image}`, host.readLine());
  const answer = line === undefined ? undefined : HostAnswer.parse(JSON.parse(line));
  if (answer !== undefined && "id" in answer) {
    if (detached) await endHost(host);
    return { id: answer.id, host };
  }
  await endHost(host);
  const why = answer?.problem ?? ownError(host.errorTail());
  const log = answer === undefined || answer.log === "" ? "" : `\nthe end of its log:\n${answer.log}`;
  throw new UnavailableError(`Cannot start Kafka in a container of ${image}: ${why}${log}`);
}

/** Ends the host process, and with it its container if it is not detached. */
export async function endHost(host: Child): Promise<void> {
  await host.closeInput();
  await host.ended();
}

/** What Deno says of a script that fails: the line that begins with "error:", without the stack below it. */
function ownError(text: string): string {
  return /^error: (?:Uncaught )?(?:\(in promise\) )?(.+)$/m.exec(text)?.[1] ?? lastLines(text, 3);
}
