/** Sets up logging and context in the seed's order, or the other way round, and logs a line of each level. */
import { exitWith, loggerFor, setupContext, setupLogging } from "../../../mod.ts";

const file = new URL("./context.json", import.meta.url);

if (import.meta.main) {
  exitWith(() => {
    const [order = ""] = Deno.args;
    if (order === "context first") setupContext(file);
    setupLogging("ERROR", "orders.ts");
    setupLogging("ERROR");
    if (order === "logging first") setupContext(file);
    const log = loggerFor();
    log.debug("debug");
    log.info("info");
    log.error("error");
  });
}
