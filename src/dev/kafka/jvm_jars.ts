import { join } from "node:path";
import { UnavailableError } from "../../core/errors.ts";
import { withSeconds } from "../shared/progress.ts";
import { lastLines } from "../shared/last_lines.ts";
import type { Tools } from "../shared/tools.ts";
import { KAFKA_VERSION, LOG4J_VERSION } from "./versions.ts";

const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;

/** Where Kafka's jars are kept; the folder appears only when they are complete. */
export const jarsFolder = (tools: Tools) => join(tools.folder, `kafka-${KAFKA_VERSION}`, "libs");

/** Whether Kafka was downloaded before. */
export const hasJars = (tools: Tools): Promise<boolean> => tools.disk.exists(jarsFolder(tools));

const dependency = (group: string, name: string, version: string) =>
  `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;

const POM = `<project><modelVersion>4.0.0</modelVersion>
<groupId>datapy</groupId><artifactId>kafka-for-development</artifactId><version>1</version><dependencies>
${dependency("org.apache.kafka", "kafka_2.13", KAFKA_VERSION)}
${dependency("org.apache.logging.log4j", "log4j-slf4j-impl", LOG4J_VERSION)}
</dependencies></project>
`;

/**
 * Kafka's jars, absolute and in a fixed order (the archive of classes depends on it); downloads them by Maven where they
 * are not there yet. Rejects with an `UnavailableError` that holds the end of what Maven said.
 */
export async function kafkaJars(tools: Tools): Promise<readonly string[]> {
  const folder = jarsFolder(tools);
  if (!await hasJars(tools)) {
    using _lock = await tools.disk.lock(join(tools.folder, "download.lock"), DOWNLOAD_TIMEOUT_MS);
    if (!await hasJars(tools)) await download(tools, folder); // another process may have been first
  }
  const real = await tools.disk.realPath(folder);
  return (await tools.disk.list(real)).map((name) => join(real, name));
}

async function download(tools: Tools, folder: string): Promise<void> {
  const work = await tools.disk.makeTempFolder(join(tools.folder, "tmp"), `kafka-${tools.pid}-download-`);
  try {
    tools.report.line(`Downloading Kafka ${KAFKA_VERSION} with Maven (45 files, 43 MB, once)`);
    await tools.disk.writeText(join(work, "pom.xml"), POM);
    const command = [
      "mvn",
      "-B",
      "-ntp",
      "-f",
      join(work, "pom.xml"),
      "dependency:copy-dependencies",
      "-DincludeScope=runtime",
      `-DoutputDirectory=${join(work, "libs")}`,
    ];
    const { code, stdout, stderr } = await withSeconds(
      tools,
      "Downloading",
      tools.subprocesses.run(command, DOWNLOAD_TIMEOUT_MS),
    );
    if (code !== 0) {
      throw new UnavailableError(
        `Cannot download Kafka ${KAFKA_VERSION}: Maven ended with code ${code}\n${
          lastLines(stdout + stderr)
        }`,
      );
    }
    await tools.disk.makeFolder(join(folder, ".."));
    await tools.disk.rename(join(work, "libs"), folder);
  } finally {
    await tools.disk.remove(work);
  }
}
