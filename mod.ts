/**
 * DataPy: jobs made of mods, and the endless loop over a Kafka topic.
 *
 * ```ts ignore
 * import { exitWith, runMod, setupContext, setupLogging } from "@datapy/datapy";
 *
 * export async function main() {
 *   setupLogging("INFO", "orders.ts");
 *   setupContext("kafka_context.json");
 *   const parsed = await runMod("json_parser", { json_string: '{"order_id": 1}' });
 *   console.log(parsed.artifacts.data);
 * }
 *
 * if (import.meta.main) exitWith(main);
 * ```
 *
 * Importing it has no effects and needs no permissions.
 *
 * @module
 */

// A job
export { registerMod, runMod } from "./src/job/run_mod.ts";
export type { ModArtifacts, ModParams, ModResult, RunMod } from "./src/core/runner.ts";
export type { CallArtifacts, CallParams } from "./src/mods/typed_calls.ts";
export type { SplitArtifacts, SplitOutput } from "./src/mods/transform/split/conditions.ts";
export { setupContext, setupLogging } from "./src/job/setup.ts";
export { contextValue } from "./src/context/current.ts";
export { loggerFor } from "./src/logging/logging.ts";
export { exitWith } from "./src/job/exit_with.ts";
export { StopRequest, StreamController } from "./src/control/stream_controller.ts";
export type { StopControl } from "./src/core/stop_control.ts";

// Messages
export type { HeaderValue, Message } from "./src/consume/message.ts";
export type { MessageProcessor, ProcessorContext, ProcessorResult } from "./src/consume/processor.ts";

export type { RawRecord } from "./src/kafka/driver.ts";
export type { KafkaConnection, SecurityProtocol } from "./src/kafka/connection.ts";

// Mods of one's own. `export *`, because only what is re-exported so can be extended by `declare module`.
export * from "./src/core/mod_map.ts";
export { artifact, defineMod } from "./src/core/define_mod.ts";
export type {
  Artifact,
  ArtifactDeclarations,
  ArtifactsOf,
  Metrics,
  Mod,
  ModContext,
  ModOutput,
  ParamsInput,
  ParamsOutput,
  ParamsSchema,
  Reference,
} from "./src/core/define_mod.ts";
export { dataParam, type ParamSchema, type SecretParam, secretParam } from "./src/core/params.ts";
export { Secret } from "./src/core/secret.ts";
export type { LogFields, Logger } from "./src/core/logger.ts";
export { listRows as toRows, type Row, type Rows, type RowSource } from "./src/core/rows.ts";

// Errors
export {
  ConfigurationError,
  type ErrorKind,
  kindOf,
  ModError,
  PermanentError,
  RecordError,
  UnavailableError,
} from "./src/core/errors.ts";
