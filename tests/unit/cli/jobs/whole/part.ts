/** A part of a job, for what a plan finds in the files beside it. */
export const outputTopic = "out";
import { runMod } from "../../../../../mod.ts";

export const query = () =>
  runMod("database_query", {
    url: "postgres://u@h/d",
    query: "SELECT 1",
    password: "${kafka.password}",
    ssl_mode: "verify-full",
  });

export const parse = (json_string: string) =>
  runMod("json_parser", { json_string, fields: { url: "$.url" } });

export const given = { topic: "${kafka.output_topic}", wrong: "${kafka.outputtopic}" };
