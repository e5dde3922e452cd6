import type { Broker, BrokerOptions } from "./broker.ts";
import type { BrokerPlace } from "./broker_properties.ts";
import { endHost } from "../shared/container_launch.ts";
import { containerPlace, containerPorts, startContainer } from "./container_start.ts";
import type { EngineAddress } from "../shared/engine_address.ts";
import { type EngineApi, engineApi } from "../shared/engine_api.ts";
import { untilReady } from "./ready.ts";
import { addScramUsers } from "./scram_users.ts";
import type { Tools } from "../shared/tools.ts";
import { listeningHost } from "../shared/until_ready.ts";

/** Starts a broker in a container that belongs to this process. */
export async function startContainerBroker(
  tools: Tools,
  address: EngineAddress,
  options: BrokerOptions,
): Promise<Broker> {
  const place = containerPlace(address, tools.ports.free(containerPorts(options)));
  const keeper = `process-${tools.pid}`;
  const { id, host } = await startContainer(tools, address, place, options, keeper, false);
  const broker = new ContainerBroker(tools, engineApi(address), place, options, id, () => endHost(host));
  try {
    await broker.ready();
    await addScramUsers(tools, place.port, options.users ?? []);
    return broker;
  } catch (error) {
    await broker[Symbol.asyncDispose]();
    throw error;
  }
}

/** A broker in a container that runs. */
export class ContainerBroker implements Broker {
  readonly engine = "container";
  readonly bootstrap: string;
  readonly listeners: Readonly<Record<string, string>>;

  constructor(
    readonly tools: Tools,
    readonly api: EngineApi,
    readonly place: BrokerPlace,
    options: BrokerOptions,
    readonly id: string,
    readonly end: () => Promise<void>,
  ) {
    this.bootstrap = `${place.host}:${place.port}`;
    this.listeners = Object.fromEntries(
      (options.listeners ?? []).map((listener, i) => [
        listener.name,
        `${place.host}:${place.listenerPorts[i]}`,
      ]),
    );
  }

  pause(): Promise<void> {
    return this.api.tell(this.id, "pause");
  }

  resume(): Promise<void> {
    return this.api.tell(this.id, "unpause");
  }

  async stop(): Promise<void> {
    await this.#thaw();
    await this.api.tell(this.id, "stop");
  }

  async kill(): Promise<void> {
    await this.#thaw();
    await this.api.tell(this.id, "kill");
  }

  async restart(): Promise<void> {
    await this.api.tell(this.id, "start");
    await this.ready();
  }

  logTail(): Promise<string> {
    return this.api.logTail(this.id, 30);
  }

  /** Resolves when the broker answers; the log says "started" a little earlier. */
  ready(): Promise<void> {
    const { host, port } = this.place;
    const stopWatching = new AbortController();
    return untilReady(this.tools.ports, this.tools.clock, {
      host: listeningHost(host),
      port,
      died: this.#died(stopWatching.signal),
      logTail: () => this.logTail(),
    }).finally(() => stopWatching.abort());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /** What is paused hears no signal, and an engine refuses to resume what is not paused. */
  async #thaw(): Promise<void> {
    if (await this.api.state(this.id) === "paused") await this.resume();
  }

  async #died(signal: AbortSignal): Promise<string> {
    while (!signal.aborted) {
      const state = await this.api.state(this.id).catch(() => "running" as const);
      if (state === "gone" || state === "stopped") return `its container is ${state}`;
      await this.tools.clock.sleep(300, signal);
    }
    return "nobody waits for it any more";
  }
}
