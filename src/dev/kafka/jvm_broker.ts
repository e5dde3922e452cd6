import { UnavailableError } from "../../core/errors.ts";
import type { Broker, BrokerOptions } from "./broker.ts";
import { GuardedProcess } from "../shared/guarded_process.ts";
import type { Java } from "./jvm_java.ts";
import { jvmLogTail, jvmPlace, jvmPorts, type JvmSetup, keepRecording, setUpJvm } from "./jvm_setup.ts";
import { untilReady } from "./ready.ts";
import { addScramUsers } from "./scram_users.ts";
import { ownTempFolder, type Tools } from "../shared/tools.ts";

/** Starts a broker on the JVM that belongs to this process. */
export function startJvmBroker(tools: Tools, java: Java, options: BrokerOptions): Promise<Broker> {
  return onFreePorts(async () => {
    const folder = await ownTempFolder(tools, "kafka");
    try {
      const place = jvmPlace(folder, tools.ports.free(jvmPorts(options)));
      const broker = new JvmBroker(tools, await setUpJvm(tools, java, folder, place, options), options);
      await broker.restart();
      await addScramUsers(tools, place.port, options.users ?? []);
      return broker;
    } catch (error) {
      await tools.disk.remove(folder);
      throw error;
    }
  });
}

/** Tries to start something up to three times: a port that was free may be taken by the time the broker binds it. */
export async function onFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 3 || !String(error).includes("Address already in use")) throw error;
    }
  }
}

/** A broker on the JVM. It does not run before its first `restart`. */
export class JvmBroker implements Broker {
  readonly engine = "jvm";
  readonly bootstrap: string;
  readonly listeners: Readonly<Record<string, string>>;
  #life: GuardedProcess | undefined;

  constructor(readonly tools: Tools, readonly setup: JvmSetup, options: BrokerOptions) {
    const { host, port, listenerPorts } = setup.place;
    this.bootstrap = `${host}:${port}`;
    this.listeners = Object.fromEntries(
      (options.listeners ?? []).map((listener, i) => [listener.name, `${host}:${listenerPorts[i]}`]),
    );
  }

  async restart(): Promise<void> {
    await this.#letGo("keep");
    const life = await GuardedProcess.start(this.tools, this.setup, "KILL");
    this.#life = life;
    const { bind: host, port } = this.setup.place;
    const logTail = () => this.logTail();
    try {
      await untilReady(this.tools.ports, this.tools.clock, { host, port, died: life.ended, logTail });
    } catch (error) {
      await this.#letGo("remove");
      throw error;
    }
  }

  pause(): Promise<void> {
    return this.tools.subprocesses.signal(this.#pid(), "STOP");
  }

  resume(): Promise<void> {
    return this.tools.subprocesses.signal(this.#pid(), "CONT");
  }

  async stop(): Promise<void> {
    if (this.#life?.running !== true) return;
    await this.#life.end("TERM");
    await keepRecording(this.tools, this.setup);
  }

  async kill(): Promise<void> {
    await this.#life?.end("KILL");
  }

  logTail(): Promise<string> {
    return jvmLogTail(this.tools, this.setup.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.setup.recording !== undefined) await this.stop(); // only an orderly end writes the archive
    await this.#letGo("remove");
    await this.tools.disk.remove(this.setup.folder);
  }

  #pid(): number {
    if (this.#life?.running !== true) {
      throw new UnavailableError("Cannot signal Kafka: it has ended");
    }
    return this.#life.pid;
  }

  async #letGo(folder: "keep" | "remove"): Promise<void> {
    const life = this.#life;
    this.#life = undefined;
    await life?.letGo(folder);
  }
}
