import { UnavailableError } from "../../core/errors.ts";
import type { Child } from "../../runtime/subprocess.ts";
import { HostAnswer, type HostRequest } from "./container_protocol.ts";
import { containerHost, dockerHost, type EngineAddress } from "./engine_address.ts";
import { lastLines } from "./last_lines.ts";
import { withSeconds } from "./progress.ts";
import type { Tools } from "./tools.ts";

/** A container that runs, and the process that guards it where it is not detached. */
export interface StartedContainer {
  readonly id: string;
  readonly host: Child;
}

/**
 * Starts a container by a host process of its own. Rejects with an `UnavailableError` that says what (`Kafka`) could not be
 * started and holds the end of its log.
 */
export async function launchContainer(
  tools: Tools,
  address: EngineAddress,
  what: string,
  request: HostRequest,
): Promise<StartedContainer> {
  const script = import.meta.resolve("./container_host.ts");
  const host = tools.subprocesses.start([
    "env",
    "NO_COLOR=1",
    `DOCKER_HOST=${dockerHost(address)}`,
    "TESTCONTAINERS_RYUK_DISABLED=true", // it would remove what `up` leaves running; the host process does its work
    `TESTCONTAINERS_HOST_OVERRIDE=${containerHost(address)}`,
    ...tools.subprocesses.denoCommand(script, [
      "--quiet",
      "--allow-env",
      "--allow-sys",
      "--allow-read",
      "--allow-write",
      "--allow-net",
      "--allow-run", // testcontainers asks Docker's credential helpers when it pulls
    ]),
  ]);
  await host.writeLine(JSON.stringify(request));
  const line = await withSeconds(tools, `Starting ${request.image}`, host.readLine());
  const answer = line === undefined ? undefined : HostAnswer.parse(JSON.parse(line));
  if (answer !== undefined && "id" in answer) {
    if (request.detached) await endHost(host);
    return { id: answer.id, host };
  }
  await endHost(host);
  const why = answer?.problem ?? ownError(host.errorTail());
  const log = answer === undefined || answer.log === "" ? "" : `\nthe end of its log:\n${answer.log}`;
  throw new UnavailableError(`Cannot start ${what} in a container of ${request.image}: ${why}${log}`);
}

/** Ends the host process, and with it its container if it is not detached. */
export async function endHost(host: Child): Promise<void> {
  await host.closeInput();
  await host.ended();
}

/** What Deno says of a script that fails: the line that begins with "error:", without the stack below it. */
function ownError(text: string): string {
  return /^error: (?:Uncaught )?(?:\(in promise\) )?(.+)$/m.exec(text)?.[1] ?? lastLines(text, 3);
}
