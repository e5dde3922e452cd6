import { KafkaConnection } from "./connection.ts";
import { SETTINGS } from "./settings_table.ts";

/** How records may be compressed, `none` included. */
export const COMPRESSION_TYPES = SETTINGS["compression.type"].values;
export type CompressionType = typeof COMPRESSION_TYPES[number];

const variants = new WeakMap<KafkaConnection, Map<CompressionType, KafkaConnection>>();

/**
 * The connection with another `compression.type`: itself where that is its own. The same one for the same type, so that
 * it has one producer.
 */
export function compressedBy(
  connection: KafkaConnection,
  type: CompressionType | undefined,
): KafkaConnection {
  const { config, driver } = connection;
  const own = config.settings["compression.type"] ?? SETTINGS["compression.type"].default;
  if (type === undefined || type === own) return connection;
  const ofConnection = variants.get(connection) ?? new Map<CompressionType, KafkaConnection>();
  variants.set(connection, ofConnection);
  const present = ofConnection.get(type);
  if (present !== undefined) return present;
  const settings = { ...config.settings, "compression.type": type };
  const variant = new KafkaConnection({ ...config, settings }, driver);
  ofConnection.set(type, variant);
  return variant;
}
