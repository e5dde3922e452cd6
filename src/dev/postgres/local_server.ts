import { UnavailableError } from "../../core/errors.ts";
import type { Child } from "../../runtime/subprocess.ts";
import { guarded } from "../shared/guardian.ts";
import { ownTempFolder, type Tools } from "../shared/tools.ts";
import { type Account, handOver } from "./account.ts";
import { localLogTail, type LocalSetup, setUpLocal } from "./local_setup.ts";
import type { Programs } from "./programs.ts";
import { STOP_TIMEOUT_MS, untilReady } from "./ready.ts";
import { type Server, type ServerOptions, urlOf } from "./server.ts";

/** Starts a server from this machine's own programs that belongs to this process. */
export async function startLocalServer(
  tools: Tools,
  account: Account,
  programs: Programs,
  options: ServerOptions,
): Promise<Server> {
  for (let attempt = 1;; attempt++) {
    const folder = await ownTempFolder({ ...tools, folder: account.folder }, "postgres");
    try {
      await handOver(tools, account, folder);
      const [port = 0] = tools.ports.free(1);
      const place = { folder, port, careless: true };
      const server = new LocalServer(tools, await setUpLocal(tools, account, programs, place, options));
      await server.restart();
      return server;
    } catch (error) {
      await tools.disk.remove(folder);
      // a port that was free may be taken by the time the server binds it
      if (attempt === 3 || !String(error).includes("Address already in use")) throw error;
    }
  }
}

/** One life of the server's process. */
interface Life {
  readonly guardian: Child;
  readonly pid: number;
  /** Resolves with the reason when the process has ended. */
  readonly ended: Promise<string>;
}

class LocalServer implements Server {
  readonly engine: "installed" | "npm";
  readonly url: string;
  #life: Life | undefined;
  #running = false;

  constructor(readonly tools: Tools, readonly setup: LocalSetup) {
    this.engine = setup.programs.engine;
    this.url = urlOf("localhost", setup.port);
  }

  get port(): number {
    return this.setup.port;
  }

  async restart(): Promise<void> {
    await this.#letGo("keep");
    const { folder, outputFile, command, port } = this.setup;
    const guardian = this.tools.subprocesses.start(guarded(folder, outputFile, command, "QUIT"));
    const pid = Number(await guardian.readLine());
    const ended = guardian.readLine().then((line) => `it ended with code ${line?.split(" ")[1]}`);
    this.#life = { guardian, pid, ended };
    this.#running = true;
    try {
      await untilReady(this.tools.ports, this.tools.clock, {
        host: "127.0.0.1",
        port,
        died: ended,
        logTail: () => this.logTail(),
      });
    } catch (error) {
      await this.#letGo("remove");
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.#running) await this.#end("INT");
  }

  async crash(): Promise<void> {
    if (this.#running) await this.#end("QUIT");
  }

  logTail(): Promise<string> {
    return localLogTail(this.tools, this.setup.outputFile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#letGo("remove");
    await this.tools.disk.remove(this.setup.folder);
  }

  async #end(signal: "INT" | "QUIT"): Promise<void> {
    const life = this.#life;
    if (life === undefined) throw new UnavailableError("Cannot signal PostgreSQL: it has ended");
    await this.tools.subprocesses.signal(life.pid, signal);
    using _timer = this.tools.clock.timer(
      STOP_TIMEOUT_MS,
      () => void this.tools.subprocesses.signal(life.pid, "QUIT"),
    );
    await life.ended;
    this.#running = false;
  }

  /** Ends the guardian, and with it the server if it still runs. */
  async #letGo(folder: "keep" | "remove"): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    if (folder === "keep") {
      if (this.#running) await this.tools.subprocesses.signal(life.pid, "QUIT");
      await life.ended;
      await life.guardian.writeLine("keep");
    }
    await life.guardian.closeInput();
    await life.ended;
    await life.guardian.ended();
    this.#running = false;
  }
}
