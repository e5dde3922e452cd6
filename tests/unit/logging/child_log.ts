/** Logs and ends at once, for the tests of what reaches a real standard error. */
import { setContextLevel, setupLogging } from "../../../src/logging/logging.ts";
import { loggerFor } from "../../../mod.ts";

if (Deno.args[0] === "set up") {
  setupLogging({ level: "INFO", name: "child" });
  setContextLevel("DEBUG");
}
const log = loggerFor("m");
for (let i = 0; i < 2000; i++) log.warning(`line ${i} ${"x".repeat(100)}`);
log.info("information");
log.critical("the last line");
Deno.exit(3);
