import { fileURLToPath } from "node:url";
import { systemSubprocesses } from "../../../src/runtime/subprocess.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** A command line that builds and runs images: podman's, or docker's; undefined where there is none that answers. */
async function findEngine(): Promise<string | undefined> {
  for (const name of ["podman", "docker"]) {
    if ((await systemSubprocesses.run([name, "info"])).code === 0) return name;
  }
}

export const engine = await findEngine();

/** Runs the engine with some words; gives what it printed. Throws where it fails. */
export async function run(...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tryRun(...words);
  if (code === 0) return stdout;
  throw new Error(`${engine} ${words.join(" ")} ended with ${code}\n${stderr}`);
}

/** Runs the engine with some words. */
export function tryRun(...words: readonly string[]) {
  return systemSubprocesses.run([engine ?? "no container engine", ...words]);
}

/** The image of Containerfile, built from BUILDER_BASE and RUNTIME_BASE where they are set; gone when it is disposed. */
export class Image implements AsyncDisposable {
  private constructor(readonly tag: string) {}

  static async build(): Promise<Image> {
    const tag = `localhost/datapy-test:${crypto.randomUUID().slice(0, 13)}`;
    const bases = ["BUILDER_BASE", "RUNTIME_BASE"].filter((name) => Deno.env.has(name));
    await run(
      "build",
      "--network=host",
      // podman would keep every step as an image without a name
      ...(engine === "podman" ? ["--layers=false"] : []),
      ...bases.flatMap((name) => ["--build-arg", `${name}=${Deno.env.get(name)}`]),
      "--build-arg=REVISION=a-test",
      `--file=${ROOT}Containerfile`,
      `--tag=${tag}`,
      ROOT,
    );
    return new Image(tag);
  }

  /** What the engine knows of it. */
  async inspect(): Promise<InspectedImage> {
    const [found] = JSON.parse(await run("image", "inspect", this.tag)) as InspectedImage[];
    if (found === undefined) throw new Error(`there is no image ${this.tag}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("image", "rm", "--force", this.tag);
  }
}

/** As much of an image as is looked at. */
export interface InspectedImage {
  /** In bytes. */
  readonly Size: number;
  readonly Config: {
    readonly Labels: Readonly<Record<string, string>>;
    readonly User: string;
    readonly StopSignal?: string;
    readonly Entrypoint: readonly string[];
  };
}
