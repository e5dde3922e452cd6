/** Reads command lines. */
export * from "npm:@stricli/core@1.3.0";
