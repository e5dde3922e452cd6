import { dirname, join } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import type { Disk } from "../../runtime/disk.ts";
import type { KnownJob } from "../context.ts";
import { isPlainSecret } from "../plain_secret.ts";
import { buildText } from "../text/build.ts";

const JSON_FILE = /[\w-]+(?:\.[\w-]+)*\.json\b/g;

/**
 * The context files of jobs: JSON files beside a job that its source names. They become parts of the program, for the
 * settings that nobody gives from outside. Throws a `ConfigurationError` where one holds a password.
 */
export async function contextFilesOf(
  jobs: readonly KnownJob[],
  disk: Pick<Disk, "readText">,
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const { file } of jobs) {
    const names = new Set((await disk.readText(file) ?? "").match(JSON_FILE) ?? []);
    for (const path of [...names].map((name) => join(dirname(file), name))) {
      const text = await disk.readText(path);
      if (text === undefined) continue;
      const secret = secretIn(text);
      if (secret !== undefined) throw new ConfigurationError(buildText.secret(path, secret));
      found.add(path);
    }
  }
  return [...found].sort();
}

/** The key of a password that stands in a JSON text; undefined where there is none. */
export function secretIn(text: string): string | undefined {
  let found: string | undefined;
  try {
    JSON.parse(text, function (this: unknown, key, value) {
      if (isPlainSecret(key, value)) found ??= key;
      return value;
    });
  } catch {
    // no JSON: the job says so when it reads it
  }
  return found;
}
