import { UnavailableError } from "../../core/errors.ts";
import type { Child } from "../../runtime/subprocess.ts";
import type { Broker, BrokerOptions } from "./broker.ts";
import { guarded } from "../shared/guardian.ts";
import type { Java } from "./jvm_java.ts";
import { jvmLogTail, jvmPlace, jvmPorts, type JvmSetup, keepRecording, setUpJvm } from "./jvm_setup.ts";
import { STOP_TIMEOUT_MS, untilReady } from "./ready.ts";
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

/** One life of the broker's process. */
interface Life {
  readonly guardian: Child;
  readonly pid: number;
  /** Resolves with the reason when the process has ended. */
  readonly ended: Promise<string>;
}

/** A broker on the JVM. It does not run before its first `restart`. */
export class JvmBroker implements Broker {
  readonly engine = "jvm";
  readonly bootstrap: string;
  readonly listeners: Readonly<Record<string, string>>;
  #life: Life | undefined;
  #running = false;

  constructor(readonly tools: Tools, readonly setup: JvmSetup, options: BrokerOptions) {
    const { host, port, listenerPorts } = setup.place;
    this.bootstrap = `${host}:${port}`;
    this.listeners = Object.fromEntries(
      (options.listeners ?? []).map((listener, i) => [listener.name, `${host}:${listenerPorts[i]}`]),
    );
  }

  async restart(): Promise<void> {
    await this.#letGo("keep");
    const { folder, outputFile, command, place } = this.setup;
    const guardian = this.tools.subprocesses.start(guarded(folder, outputFile, command));
    const pid = Number(await guardian.readLine());
    const ended = guardian.readLine().then((line) => `it ended with code ${line?.split(" ")[1]}`);
    this.#life = { guardian, pid, ended };
    this.#running = true;
    const logTail = () => this.logTail();
    try {
      await untilReady(this.tools.ports, this.tools.clock, {
        host: place.bind,
        port: place.port,
        died: ended,
        logTail,
      });
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
    if (!this.#running) return;
    await this.#end("TERM");
    await keepRecording(this.tools, this.setup);
  }

  async kill(): Promise<void> {
    if (this.#running) await this.#end("KILL");
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
    if (this.#life === undefined || !this.#running) {
      throw new UnavailableError("Cannot signal Kafka: it has ended");
    }
    return this.#life.pid;
  }

  async #end(signal: "TERM" | "KILL"): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    await this.tools.subprocesses.signal(life.pid, signal);
    await this.tools.subprocesses.signal(life.pid, "CONT"); // what is paused hears no SIGTERM
    using _timer = this.tools.clock.timer(
      STOP_TIMEOUT_MS,
      () => void this.tools.subprocesses.signal(life.pid, "KILL"),
    );
    await life.ended;
    this.#running = false;
  }

  /** Ends the guardian, and with it the broker if it still runs. */
  async #letGo(folder: "keep" | "remove"): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#life = undefined;
    if (folder === "keep") {
      await this.kill();
      await life.guardian.writeLine("keep");
    }
    await life.guardian.closeInput();
    await life.ended;
    await life.guardian.ended();
    this.#running = false;
  }
}
