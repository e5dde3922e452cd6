import type { Tools } from "../shared/tools.ts";

/** A Java that was found. */
export interface Java {
  /** Its program. */
  readonly program: string;
  /** 17 for `17.0.15`, 8 for `1.8.0`. */
  readonly version: number;
  /** Changes with every build: an archive of classes fits one build only. */
  readonly build: string;
}

/** The Java of JAVA_HOME, or else of the PATH; undefined where there is none that runs. */
export async function findJava(tools: Tools): Promise<Java | undefined> {
  const home = tools.env("JAVA_HOME");
  const programs = home === undefined ? ["java"] : [`${home}/bin/java`, "java"];
  for (const program of programs) {
    const { code, stderr, stdout } = await tools.subprocesses.run([program, "-version"], 20_000);
    const java = code === 0 ? readJavaVersion(stderr + stdout) : undefined;
    if (java !== undefined) return { program, ...java };
  }
  return undefined;
}

/** Reads what `java -version` says. */
export function readJavaVersion(text: string): Omit<Java, "program"> | undefined {
  const full = /version "([^"]+)"/.exec(text)?.[1];
  if (full === undefined) return undefined;
  const [first, second] = full.split(/[._+-]/);
  const version = Number(first === "1" ? second : first);
  if (!Number.isInteger(version)) return undefined;
  const build = /\(build ([^,)]+)/.exec(text)?.[1] ?? full;
  return { version, build: build.replaceAll(/[^\w.+-]/g, "_") };
}

/** Whether Maven is there. */
export async function hasMaven(tools: Tools): Promise<boolean> {
  return (await tools.subprocesses.run(["sh", "-c", "command -v mvn"])).code === 0;
}
