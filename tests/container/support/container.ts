import { type Child, systemSubprocesses } from "../../../src/runtime/subprocess.ts";
import { waitFor } from "../../support/wait_for.ts";
import { engine, run, tryRun } from "./engine.ts";

/** A user that no image knows, as OpenShift chooses one from the range of a namespace; its group is 0. */
export const ANY_USER = "1000660000:0";

/** What OpenShift's restricted-v2 leaves to a container. */
export const RESTRICTED = [
  `--user=${ANY_USER}`,
  "--read-only",
  "--cap-drop=ALL",
  "--security-opt=no-new-privileges",
  "--tmpfs=/tmp:rw,mode=1777,size=256m",
];

/** How to start a container. */
export interface ContainerStart {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Name of a volume for /data. */
  readonly volume?: string;
}

/** A running container, restricted; it is gone when it is disposed, and also when the tests are killed. */
export class Container implements AsyncDisposable {
  private constructor(readonly name: string, readonly cleaner: Child) {}

  static async start({ image, args, env = {}, volume }: ContainerStart): Promise<Container> {
    const name = `datapy-test-${crypto.randomUUID().slice(0, 13)}`;
    const container = new Container(name, removedAtTheEnd("rm", "--force", "--volumes", name));
    const variables = Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
    const volumes = volume === undefined ? [] : [`--volume=${volume}:/data`];
    const options = ["--detach", `--name=${name}`, "--network=host", ...RESTRICTED, ...volumes, ...variables];
    await run("run", ...options, image, ...args);
    return container;
  }

  /** All that it has printed. */
  async log(): Promise<string> {
    const { stdout, stderr } = await tryRun("logs", this.name);
    return stdout + stderr;
  }

  /** Waits until a line of its log matches. Fails at once where it ends without. */
  async logged(pattern: RegExp): Promise<void> {
    await this.until(async () => pattern.test(await this.log()), `a line ${pattern}`);
  }

  /** Waits until a condition holds that its doing brings about. Fails at once where it ends without. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    await waitFor(
      async () => {
        const runs = await this.#state("Running") === "true";
        if (await condition()) return true;
        if (!runs) throw new Error(`The container ended before ${what}; its log is\n${await this.log()}`);
      },
      what,
      60_000,
    );
  }

  /** Runs a command inside; gives its exit code. */
  async exec(...command: readonly string[]): Promise<number> {
    return (await tryRun("exec", this.name, ...command)).code;
  }

  /** SIGTERM, and SIGKILL after a grace period in seconds; gives the exit code. */
  async stop(graceS: number): Promise<number> {
    await run("stop", `--time=${Math.floor(graceS)}`, this.name);
    return Number(await this.#state("ExitCode"));
  }

  /** The processes inside, as this machine sees them: what each does, and its command line. */
  async processes(): Promise<readonly string[]> {
    const pid = await this.#state("Pid");
    const { stdout } = await systemSubprocesses.run(["ps", "-e", "-o", "pidns=,pid=,stat=,args="]);
    const lines = stdout.trim().split("\n").map((line) => line.trim().split(/\s+/));
    const inside = lines.find(([, id]) => id === pid)?.[0];
    return lines.filter(([namespace]) => namespace === inside).map(([, , ...words]) => words.join(" "));
  }

  /** Copies what lies in /data to a folder. */
  async copyData(to: string): Promise<void> {
    await run("cp", `${this.name}:/data/.`, to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cleaner.closeInput();
    await this.cleaner.ended();
  }

  async #state(field: string): Promise<string> {
    return (await run("inspect", `--format={{.State.${field}}}`, this.name)).trim();
  }
}

/** A volume; gone when it is disposed, after the containers that have it. */
export class Volume implements AsyncDisposable {
  private constructor(readonly name: string, readonly cleaner: Child) {}

  static async make(): Promise<Volume> {
    const name = `datapy-test-${crypto.randomUUID().slice(0, 13)}`;
    const cleaner = removedAtTheEnd("volume", "rm", "--force", name);
    await run("volume", "create", name);
    return new Volume(name, cleaner);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cleaner.closeInput();
    await this.cleaner.ended();
  }
}

/** A shell that runs the engine with these words once its input ends: when it is told to, or this process is gone. */
function removedAtTheEnd(...words: readonly string[]): Child {
  const clean = 'trap "" INT HUP TERM; cat >/dev/null; exec "$@" >/dev/null';
  return systemSubprocesses.start(["sh", "-c", clean, "sh", engine ?? "false", ...words]);
}
