/** kafkajs from the inside: see src/kafka/kafkajs/internals.ts, which gives these parts their types. */
export { default as KafkajsBroker } from "npm:kafkajs@2.2.4/src/broker/index.js";
export { default as KafkajsCluster } from "npm:kafkajs@2.2.4/src/cluster/index.js";
export { default as kafkajsAssignerProtocol } from "npm:kafkajs@2.2.4/src/consumer/assignerProtocol.js";
export { default as kafkajsLoggers } from "npm:kafkajs@2.2.4/src/loggers/index.js";
export { default as KafkajsRequestQueue } from "npm:kafkajs@2.2.4/src/network/requestQueue/index.js";
export { default as kafkajsSocketFactory } from "npm:kafkajs@2.2.4/src/network/socketFactory.js";
export { default as KafkajsDecoder } from "npm:kafkajs@2.2.4/src/protocol/decoder.js";
export { default as KafkajsEncoder } from "npm:kafkajs@2.2.4/src/protocol/encoder.js";
export { default as kafkajsProtocolErrors } from "npm:kafkajs@2.2.4/src/protocol/error.js";
export { default as kafkajsCompression } from "npm:kafkajs@2.2.4/src/protocol/message/compression/index.js";
export { default as kafkajsMessageSet } from "npm:kafkajs@2.2.4/src/protocol/messageSet/decoder.js";
export { default as kafkajsCrc32c } from "npm:kafkajs@2.2.4/src/protocol/recordBatch/crc32C/index.js";
export { default as kafkajsApiKeys } from "npm:kafkajs@2.2.4/src/protocol/requests/apiKeys.js";
export { default as kafkajsRequests } from "npm:kafkajs@2.2.4/src/protocol/requests/index.js";
