/** JSONPath (RFC 9535). The package names its CommonJS first, which takes three times as long to load. */
// @ts-types="npm:json-p3@2.3.1"
export * from "npm:json-p3@2.3.1/dist/json-p3.esm.js";
