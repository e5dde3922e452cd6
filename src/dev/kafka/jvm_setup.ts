import { createHash } from "node:crypto";
import { delimiter, join } from "node:path";
import { UnavailableError } from "../../core/errors.ts";
import type { BrokerOptions } from "./broker.ts";
import { type BrokerPlace, brokerProperties, propertiesFile } from "./broker_properties.ts";
import type { Java } from "./jvm_java.ts";
import { single } from "./cluster_node.ts";
import { jarsFolder, kafkaJars } from "./jvm_jars.ts";
import { lastLines } from "../shared/last_lines.ts";
import type { Tools } from "../shared/tools.ts";

/** A broker on the JVM, ready to be started: its folder holds settings and formatted data. */
export interface JvmSetup {
  readonly folder: string;
  readonly place: BrokerPlace;
  /** Starts the broker. */
  readonly command: readonly string[];
  /** What the JVM itself prints goes here; the broker's log lies beside it. */
  readonly outputFile: string;
  /** Only this broker's command line holds it. */
  readonly mark: string;
  /** An archive of classes that this run writes at its orderly end, and where it belongs then. */
  readonly recording: { readonly from: string; readonly to: string } | undefined;
}

const log4jFile = (logFile: string) =>
  `rootLogger.level=INFO
rootLogger.appenderRef.file.ref=FILE
logger.config.name=org.apache.kafka.common.config
logger.config.level=WARN
appender.file.type=RollingFile
appender.file.name=FILE
appender.file.fileName=${logFile}
appender.file.filePattern=${logFile}.%i
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=[%d] %p %m (%c)%n
appender.file.policies.type=Policies
appender.file.policies.size.type=SizeBasedTriggeringPolicy
appender.file.policies.size.size=10MB
appender.file.strategy.type=DefaultRolloverStrategy
appender.file.strategy.max=2
`;

const logFile = (folder: string) => join(folder, "broker.log");
const outputFile = (folder: string) => join(folder, "broker.out");

/** How many ports a broker on the JVM needs. */
export const jvmPorts = (options: BrokerOptions) => 2 + (options.listeners?.length ?? 0);

/** Where everything of a broker on the JVM stands. */
export function jvmPlace(folder: string, ports: readonly number[], port?: number): BrokerPlace {
  const [first = 0, controllerPort = 0, ...listenerPorts] = ports;
  return {
    bind: "127.0.0.1",
    host: "localhost",
    port: port ?? first,
    listenPort: port ?? first,
    controllerPort,
    listenerPorts,
    dataFolder: join(folder, "data"),
  };
}

/** Writes a broker's settings and formats its data folder, where that has not been done. */
export async function setUpJvm(
  tools: Tools,
  java: Java,
  folder: string,
  place: BrokerPlace,
  options: BrokerOptions,
): Promise<JvmSetup> {
  const classPath = (await kafkaJars(tools)).join(delimiter);
  const properties = join(folder, "server.properties");
  const log4j = join(folder, "log4j2.properties");
  await tools.disk.writeText(properties, propertiesFile(brokerProperties(options, place)));
  await tools.disk.writeText(log4j, log4jFile(logFile(folder)));
  const mark = `-Ddatapy.kafka=${crypto.randomUUID()}`;
  const archive = await archiveOf(tools, java, classPath);
  const common = [
    java.program,
    `-Xmx${options.heapMb ?? 256}m`,
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1", // a quick start is worth more here than the last of speed
    ...(archive.exists ? [`-XX:SharedArchiveFile=${archive.path}`] : []),
    `-Dlog4j2.configurationFile=${log4j}`,
  ];
  if (!await tools.disk.exists(join(place.dataFolder, "meta.properties"))) {
    const { clusterId } = place.node ?? single(place);
    await format(tools, [...common, "-cp", classPath], properties, clusterId);
  }
  const from = join(folder, "classes.jsa");
  const command = [
    ...common,
    mark,
    ...(archive.exists ? [] : [`-XX:ArchiveClassesAtExit=${from}`]),
    "-cp",
    classPath,
    "kafka.Kafka",
    properties,
  ];
  const recording = archive.exists ? undefined : { from, to: archive.path };
  return { folder, place, command, outputFile: outputFile(folder), mark, recording };
}

/** An archive fits one build of Java and one class path, paths included; another one would be ignored without a word. */
async function archiveOf(
  tools: Tools,
  java: Java,
  classPath: string,
): Promise<{ path: string; exists: boolean }> {
  const hash = createHash("sha256").update(`${java.build} ${classPath}`).digest("hex").slice(0, 12);
  const path = join(jarsFolder(tools), "..", `classes-${hash}.jsa`);
  return { path, exists: await tools.disk.exists(path) };
}

async function format(
  tools: Tools,
  java: readonly string[],
  properties: string,
  clusterId: string,
): Promise<void> {
  const command = [...java, "kafka.tools.StorageTool", "format", "-t", clusterId, "-c", properties];
  const { code, stdout, stderr } = await tools.subprocesses.run(command, 60_000);
  if (code !== 0) {
    throw new UnavailableError(`Cannot format Kafka's data folder: ${lastLines(stdout + stderr)}`);
  }
}

/** Puts the archive of classes in its place, after a run that recorded it has ended in order. */
export async function keepRecording(tools: Tools, setup: Pick<JvmSetup, "recording">): Promise<void> {
  if (setup.recording !== undefined) await tools.disk.rename(setup.recording.from, setup.recording.to);
}

/** The end of a broker's log, and of what its JVM printed. */
export async function jvmLogTail(tools: Tools, folder: string): Promise<string> {
  const printed = await tools.disk.readText(outputFile(folder)) ?? "";
  const logged = await tools.disk.readText(logFile(folder)) ?? "";
  return lastLines(
    [logged, printed].map((text) => lastLines(text)).filter((text) => text !== "").join("\n"),
    30,
  );
}
