/** Compression of Kafka's records by snappy, in JavaScript. */
export { default } from "npm:snappyjs@0.7.0";
