/**
 * A process of its own that starts a container by testcontainers, and removes it when whoever asked has gone: it reads one
 * request from its standard input, answers with one line, and takes the end of its input for the end of its parent, even
 * by SIGKILL. Testcontainers' own reaper would do the same, but it needs an image of its own and a privileged container.
 *
 * Testcontainers thus stays out of the parent: its half second of loading, its open connections.
 */
import { createInterface } from "node:readline";
import process from "node:process";
// named here and not in deno.json: what is there is fetched by every first `deno task`, with 140 packages below this one
// deno-lint-ignore no-import-prefix
import { GenericContainer, Wait } from "npm:testcontainers@12.2.0";
import { errorText } from "../../core/errors.ts";
import { engineAddresses } from "./engine_address.ts";
import { type EngineApi, engineApi } from "./engine_api.ts";
import { type HostAnswer, HostRequest } from "./container_protocol.ts";
import { removeLabelled } from "./remove_labelled.ts";

/** A container whose ports are open to this machine only; testcontainers itself opens them to the world. */
class LocalContainer extends GenericContainer {
  protected override beforeContainerCreated(): Promise<void> {
    const bindings = this.hostConfig.PortBindings as Record<string, { HostIp?: string }[]> | undefined;
    for (const binding of Object.values(bindings ?? {}).flat()) binding.HostIp = "127.0.0.1";
    return Promise.resolve();
  }
}

async function start(request: HostRequest): Promise<HostAnswer> {
  try {
    const made = new LocalContainer(request.image);
    if (request.command.length > 0) made.withCommand(request.command);
    if (request.entrypoint !== undefined) made.withEntrypoint(request.entrypoint);
    const container = await made
      .withExposedPorts(...request.ports)
      .withEnvironment(request.environment)
      .withLabels(request.labels)
      .withWaitStrategy(Wait.forLogMessage(new RegExp(request.readyLog), request.readyLogTimes))
      .withStartupTimeout(request.startTimeoutMs)
      .start();
    return { id: container.getId() };
  } catch (error) {
    const log = await ownContainers(request, (api, id) => api.logTail(id, 15));
    return { problem: errorText(error), log: log.join("\n") };
  }
}

/** Does something with the container of a request; there is none where its start failed early. */
async function ownContainers<T>(
  request: HostRequest,
  act: (api: EngineApi, id: string) => Promise<T>,
): Promise<T[]> {
  const addresses = engineAddresses((name) => process.env[name]);
  if (typeof addresses === "string" || addresses[0] === undefined) return [];
  const api = engineApi(addresses[0]);
  return await Promise.all((await api.labelled(request.ownLabel)).map((id) => act(api, id)));
}

async function removeOwn(request: HostRequest): Promise<void> {
  const addresses = engineAddresses((name) => process.env[name]);
  if (typeof addresses === "string" || addresses[0] === undefined) return;
  await removeLabelled(engineApi(addresses[0]), request.ownLabel);
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const request = HostRequest.parse(JSON.parse((await lines.next()).value ?? ""));
const starting = start(request);
const parentGone = lines.next();
const answer = await Promise.race([starting, parentGone.then(() => "gone" as const)]);
if (answer === "gone") {
  await removeOwn(request); // makes a start under way fail
  await starting;
} else {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  if (request.detached && "id" in answer) process.exit(0);
  await parentGone;
}
await removeOwn(request);
process.exit(0);
