import { namesSecret } from "../core/secret.ts";

/** Whether a setting is a secret itself, and not where one is found: it belongs into no file that is made or built. */
export function isPlainSecret(key: string, value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("${") && namesSecret(key);
}
