/** A process with two controllers, for the test that sends it real signals. It says what happens, a line each. */
import { StreamController } from "../../../src/control/stream_controller.ts";

const alive = setInterval(() => {}, 1000);
using first = new StreamController();
using second = new StreamController();
const mode = Deno.args[0];

const stopped = Promise.all(
  [first, second].map((controller) =>
    new Promise<void>((resolve) => controller.signal.addEventListener("abort", () => resolve()))
  ),
);
console.log("ready");
await stopped;
console.log(`stopped ${first.shouldStop()} ${second.shouldStop()} ${first.isShutdownInitiated()}`);
if (mode === "drain") await new Promise(() => {}); // until it is killed, or told to go on by the second SIGINT
if (mode === "until-line") {
  for await (const _line of Deno.stdin.readable) break;
  console.log("drained");
  Deno.exit(0); // still listening: a signal on its way must find somebody
}
clearInterval(alive);
