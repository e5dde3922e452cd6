/** JSONPath (RFC 9535). */
export * from "npm:json-p3@2.3.1";
