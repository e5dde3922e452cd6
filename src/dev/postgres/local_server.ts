import { GuardedProcess } from "../shared/guarded_process.ts";
import { ownTempFolder, type Tools } from "../shared/tools.ts";
import { type Account, handOver } from "./account.ts";
import { localLogTail, type LocalSetup, setUpLocal } from "./local_setup.ts";
import type { Programs } from "./programs.ts";
import { untilReady } from "./ready.ts";
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

class LocalServer implements Server {
  readonly engine: "installed" | "npm";
  readonly url: string;
  #life: GuardedProcess | undefined;

  constructor(readonly tools: Tools, readonly setup: LocalSetup) {
    this.engine = setup.programs.engine;
    this.url = urlOf("localhost", setup.port);
  }

  get port(): number {
    return this.setup.port;
  }

  async restart(): Promise<void> {
    await this.#letGo("keep");
    const life = await GuardedProcess.start(this.tools, this.setup, "QUIT");
    this.#life = life;
    try {
      await untilReady(this.tools.ports, this.tools.clock, {
        host: "127.0.0.1",
        port: this.setup.port,
        died: life.ended,
        logTail: () => this.logTail(),
      });
    } catch (error) {
      await this.#letGo("remove");
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.#life?.end("INT");
  }

  async crash(): Promise<void> {
    await this.#life?.end("QUIT");
  }

  logTail(): Promise<string> {
    return localLogTail(this.tools, this.setup.outputFile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#letGo("remove");
    await this.tools.disk.remove(this.setup.folder);
  }

  async #letGo(folder: "keep" | "remove"): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    await life?.letGo(folder);
  }
}
