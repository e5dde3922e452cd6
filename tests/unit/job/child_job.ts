/** A job that ends in the way that its argument names, for the tests of exitWith in a real process. */
import { trackResource } from "../../../src/core/resources.ts";
import {
  ConfigurationError,
  contextValue,
  exitWith,
  runMod,
  Secret,
  setupContext,
  setupLogging,
  StreamController,
  UnavailableError,
} from "../../../mod.ts";

const alive = () => setInterval(() => {}, 1000);
const never = () => new Promise<never>(() => {});
const say = (line: string) => console.log(line);

const modes: Record<string, () => unknown> = {
  returns: () => say("done"),
  "tells its context": () => {
    setupContext(new URL("./stage.json", import.meta.url));
    say(contextValue("stage.name"));
  },
  "returns with stuck work": () => void alive(),
  "fails": () => {
    const secret = new Secret("correct horse");
    throw new UnavailableError("Cannot connect", {
      cause: new Error(`refused for ${secret.reveal()}\nnext line`),
    });
  },
  "fails by configuration": () => Promise.reject(new ConfigurationError("There is no table orders")),
  "fails in a mod": () => runMod("json_parser", { json_string: "{}", max_depth: "${limits.depth}" }),
  "fails before logging": () => {
    throw new Error("early");
  },
  "rejects aside": async () => {
    alive();
    new Secret("battery staple");
    Promise.reject(new Error("nobody waits: battery staple"));
    await never();
  },
  "throws aside": async () => {
    alive();
    setTimeout(() => {
      throw new Error("thrown from a timer");
    });
    await never();
  },
  idles: () => never(),
  "forgets an await": () => {
    runMod("json_parser", { json_string: "{}" });
  },
  "wrong level": () => setupLogging("VERBOSE"),
  "closes": () => {
    const resource = (name: string, close: () => Promise<void>) => trackResource({ name, close });
    resource("older", () => Promise.resolve(say("closed older")));
    resource("broken", () => Promise.reject(new Error("it is broken")));
    resource("newer", () => Promise.resolve(say("closed newer")));
  },
  "connects": async () => {
    // a job that is still connecting: nothing of it listens to signals
    const timer = alive();
    say("ready");
    for await (const _line of Deno.stdin.readable) break;
    clearInterval(timer);
    using controller = new StreamController();
    say(`consumer stopped at once: ${controller.shouldStop()}`);
  },
  "consumes": async () => {
    using controller = new StreamController();
    const timer = alive();
    say("ready");
    await new Promise<void>((resolve) => controller.signal.addEventListener("abort", () => resolve()));
    say("draining");
    for await (const _line of Deno.stdin.readable) break;
    clearInterval(timer);
    say("drained");
  },
};

async function main(): Promise<void> {
  const [mode = ""] = Deno.args;
  if (mode !== "fails before logging") setupLogging("INFO", "child_job.ts");
  setupContext();
  await modes[mode]?.();
}

if (import.meta.main) exitWith(main);
