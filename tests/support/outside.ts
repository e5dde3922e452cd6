import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** How long one call of Deno may take: a check of all types on a cold cache is the longest. */
const LONGEST_MS = 120_000;

/** What a run of Deno printed. */
export interface Ran {
  readonly out: string;
  readonly errors: string;
}

/** Where and how to run Deno. */
export interface How {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What its exit code must be; 0 by default. */
  readonly code?: number;
}

/** Runs Deno with nothing of this environment but what it needs. Throws with its words where it ends otherwise than told. */
export async function deno(args: readonly string[], how: How = {}): Promise<Ran> {
  const inherited = ["PATH", "HOME", "DENO_DIR"].map((name) => [name, Deno.env.get(name)])
    .filter(([, value]) => value !== undefined);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    ...(how.cwd === undefined ? {} : { cwd: how.cwd }),
    clearEnv: true,
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", ...how.env },
    stdin: "null",
    signal: AbortSignal.timeout(LONGEST_MS),
  }).output();
  const ran = { out: new TextDecoder().decode(stdout), errors: new TextDecoder().decode(stderr) };
  if (code === (how.code ?? 0)) return ran;
  throw new Error(`deno ${args.join(" ")} ended with ${code}\n${ran.out}\n${ran.errors}`);
}

/** A folder of somebody else, far from this repository, with files of the names and texts that are given. */
export class OutsideFolder implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async make(files: Readonly<Record<string, string>> = {}): Promise<OutsideFolder> {
    const folder = new OutsideFolder(await Deno.realPath(await Deno.makeTempDir()));
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(folder.file(name), text);
    return folder;
  }

  /** The path of a file in it. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** The same as URL. */
  url(name: string): string {
    return pathToFileURL(this.file(name)).href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/**
 * A folder for Deno to keep things in (DENO_DIR), for tests that load from servers of their own: what these served is gone
 * afterwards. The packages that Deno has already are in it.
 */
export class DenoFolder implements AsyncDisposable {
  readonly #ports: number[] = [];

  private constructor(readonly path: string, readonly npm: string) {}

  static async make(): Promise<DenoFolder> {
    const { npmCache } = JSON.parse((await deno(["info", "--json"])).out) as { npmCache: string };
    const path = await Deno.makeTempDir();
    await Deno.mkdir(npmCache, { recursive: true });
    await Deno.symlink(npmCache, join(path, "npm"));
    return new DenoFolder(path, npmCache);
  }

  /** Packages of the registry at this port are removed in the end: Deno keeps them in a folder that ends in it. */
  forgets(port: number): void {
    this.#ports.push(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for await (const { name } of Deno.readDir(this.npm)) {
      if (!this.#ports.some((port) => name === `${port}` || name.endsWith(`_${port}`))) continue;
      await Deno.remove(join(this.npm, name), { recursive: true });
    }
    await Deno.remove(this.path, { recursive: true });
  }
}
