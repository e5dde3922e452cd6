import { Buffer } from "node:buffer";
import { request as httpRequest } from "node:http";
import { UnavailableError } from "../../core/errors.ts";
import type { EngineAddress } from "./engine_address.ts";

/** What a container is doing; `gone` where there is none of that id. */
export type ContainerState = "running" | "paused" | "stopped" | "gone";

/**
 * The few calls of Docker's API that are needed after a container was started; Podman answers them too. Testcontainers
 * starts containers, but it takes half a second to load and cannot find a container again from another process.
 */
export interface EngineApi {
  /** Whether an engine answers, within two seconds. */
  answers(): Promise<boolean>;
  hasImage(name: string): Promise<boolean>;
  /** Makes a container that does what its image says, in the network of another one; gives its id. It does not run yet. */
  create(container: NewContainer): Promise<string>;
  state(id: string): Promise<ContainerState>;
  /** Changes what a container does; one that does it already is no error. `stop` waits ten seconds before it kills. */
  tell(id: string, what: "pause" | "unpause" | "start" | "stop" | "kill"): Promise<void>;
  /** Removes a container, running or not, with its data; none of that id is no error. */
  remove(id: string): Promise<void>;
  /** Ids of all containers, running or not, that have a label. */
  labelled(label: string): Promise<readonly string[]>;
  /** The last lines of what a container printed. */
  logTail(id: string, lines: number): Promise<string>;
}

/** A container to be made. */
export interface NewContainer {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Id of the container whose network it shares. */
  readonly networkOf: string;
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** Docker's API at an address. */
export function engineApi(address: EngineAddress): EngineApi {
  const call = (method: string, path: string, timeoutMs = 30_000, body?: object) =>
    ask(address, method, path, timeoutMs, body);
  const expect = async (method: string, path: string, fine: readonly number[], body?: object) => {
    const answer = await call(method, path, undefined, body);
    if (fine.includes(answer.status)) return answer;
    throw new UnavailableError(`The container engine refused ${method} ${path}: ${reason(answer)}`);
  };
  return {
    answers: () => call("GET", "/_ping", 2000).then(({ status }) => status === 200, () => false),
    hasImage: async (name) => (await call("GET", `/images/${name}/json`)).status === 200,
    async create({ image, environment, labels, networkOf }) {
      const Env = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      const HostConfig = { NetworkMode: `container:${networkOf}` };
      const body = { Image: image, Env, Labels: labels, HostConfig };
      return json<{ Id: string }>(await expect("POST", "/containers/create", [201], body)).Id;
    },
    async state(id) {
      const answer = await expect("GET", `/containers/${id}/json`, [200, 404]);
      if (answer.status === 404) return "gone";
      const { State } = json<{ State: { Running: boolean; Paused: boolean } }>(answer);
      return State.Paused ? "paused" : State.Running ? "running" : "stopped";
    },
    async tell(id, what) {
      // 304: it does that already; 409: it cannot be told because it does that already, or has ended
      await expect("POST", `/containers/${id}/${what}${what === "stop" ? "?t=10" : ""}`, [
        200,
        204,
        304,
        409,
      ]);
    },
    async remove(id) {
      await expect("DELETE", `/containers/${id}?force=true&v=true`, [200, 204, 404, 409]);
    },
    async labelled(label) {
      const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
      const answer = await expect("GET", `/containers/json?all=true&filters=${filters}`, [200]);
      return json<{ Id: string }[]>(answer).map((container) => container.Id);
    },
    async logTail(id, lines) {
      const path = `/containers/${id}/logs?stdout=true&stderr=true&tail=${lines}`;
      const { status, body } = await call("GET", path);
      return status === 200 ? withoutFrames(body).trimEnd() : "";
    },
  };
}

const json = <T>(answer: Answer) => JSON.parse(new TextDecoder().decode(answer.body)) as T;

function reason(answer: Answer): string {
  const text = new TextDecoder().decode(answer.body).trim();
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text || `status ${answer.status}`;
  }
}

/** A container's output comes in frames: stream, three zeros, four bytes of length, text. */
export function withoutFrames(bytes: Uint8Array): string {
  const text = new TextDecoder();
  let result = "";
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4);
    result += text.decode(bytes.subarray(at + 8, at + 8 + length), { stream: true });
    at += 8 + length;
  }
  return result;
}

function ask(
  address: EngineAddress,
  method: string,
  path: string,
  timeoutMs: number,
  body?: object,
): Promise<Answer> {
  const where = address.kind === "unix"
    ? { socketPath: address.path }
    : { host: address.host, port: address.port };
  return new Promise((resolve, reject) => {
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const headers = { host: "docker", ...type };
    const request = httpRequest({ ...where, method, path, agent: false, headers });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(new UnavailableError("The container engine does not answer", { cause: error }));
    };
    request.on("error", fail);
    request.on("response", (response) => {
      const chunks: Uint8Array[] = [];
      response.on("error", fail);
      response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      response.on("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body: new Uint8Array(Buffer.concat(chunks)) });
      });
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
