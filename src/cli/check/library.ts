import config from "../../../deno.json" with { type: "json" };
import type { Logger } from "../../core/logger.ts";
import { Secret } from "../../core/secret.ts";
import type { KafkaConnection } from "../../kafka/connection.ts";
import { kafkajsDriver } from "../../kafka/kafkajs/lazy_driver.ts";
import { systemClock } from "../../runtime/clock.ts";
import { systemDisk } from "../../runtime/disk.ts";
import { systemFiles } from "../../runtime/files.ts";
import { systemSubprocesses } from "../../runtime/subprocess.ts";
import { thisProcess } from "../../runtime/process.ts";
import { homeOf } from "../new/framework.ts";
import { configOf } from "../project_config.ts";
import { PLAN, readPlan } from "./plan_lines.ts";
import type { DatabaseSettings, Plan } from "./report.ts";

/** The library behind `check`. */
export interface CheckLibrary {
  /** Type errors of a file as `deno check` tells them: empty where there are none, undefined where it took too long. */
  typeErrors(path: string, timeoutMs: number): Promise<string | undefined>;
  /** What a job will do, without doing it. */
  plan(path: string, contextFile: string | undefined, timeoutMs: number): Promise<Plan>;
  /** The connection of a connector's parameters. Connects to nothing. */
  connection(params: Readonly<Record<string, unknown>>, log: Logger): Promise<KafkaConnection>;
  /** Rejects where a database cannot be opened. */
  database(settings: DatabaseSettings): Promise<void>;
}

/** Only to read: a plan must not be able to change anything. */
const PLAN_PERMISSIONS = ["--quiet", "--allow-read", "--allow-env"];

/** This command line: the package that it comes from, or else its module. */
const SELF = homeOf(import.meta.url, config.version).package ?? new URL("../main.ts", import.meta.url).href;

/** The library, on this machine. */
export const systemChecks: CheckLibrary = {
  async typeErrors(path, timeoutMs) {
    const [deno = "deno"] = systemSubprocesses.denoCommand("", []);
    const command = ["env", "NO_COLOR=1", deno, "check", "--quiet", path];
    const { code, stderr } = await systemSubprocesses.run(command, timeoutMs);
    return code === -1 ? undefined : code === 0 ? "" : stderr.trim();
  },
  async plan(path, contextFile, timeoutMs) {
    const own = await configOf(path, systemDisk);
    const flags = own === undefined ? PLAN_PERMISSIONS : [...PLAN_PERMISSIONS, `--config=${own}`];
    const command = ["env", "NO_COLOR=1", ...systemSubprocesses.denoCommand(SELF, flags)];
    const words = contextFile === undefined ? [path] : [path, contextFile];
    const { stdout } = await systemSubprocesses.run([...command, PLAN, ...words], timeoutMs);
    return readPlan(stdout);
  },
  async connection(params, log) {
    const { connectorOnly } = await import("../connection.ts");
    const env = thisProcess.env;
    return await connectorOnly(params, {
      env,
      files: systemFiles,
      driver: kafkajsDriver,
      clock: systemClock,
      log,
    });
  },
  async database(settings) {
    const { checkDatabase } = await import("../../database/open.ts");
    const { databaseOptions } = await import("../../mods/database_params.ts");
    const { password } = settings;
    const secret = typeof password === "string" ? { password: new Secret(password) } : {};
    await checkDatabase(settings.url, databaseOptions({ ...settings, ...secret }));
  },
};
