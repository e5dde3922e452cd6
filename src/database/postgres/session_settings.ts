import type { Location } from "./location.ts";

/**
 * What a session begins with: texts mean the same wherever the server stands and however it is set up. By statements and not
 * in the login's own list, which poolers such as PgBouncer refuse.
 */
export function sessionSettings({ statementTimeoutS }: Location): string {
  const settings = {
    client_encoding: "'UTF8'",
    timezone: "'UTC'",
    datestyle: "'ISO, YMD'",
    intervalstyle: "'postgres'",
    bytea_output: "'hex'",
    standard_conforming_strings: "on",
    extra_float_digits: "1",
    statement_timeout: String(Math.round(statementTimeoutS * 1000)),
  };
  return Object.entries(settings).map(([name, value]) => `SET ${name} = ${value}`).join("; ");
}
