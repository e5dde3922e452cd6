import { ConfigurationError } from "../core/errors.ts";

/**
 * The file of `--context FILE` or `--context=FILE` among the words that a job was started with: Talend's way to choose a
 * context. Undefined where there is none. Throws a `ConfigurationError` where the file is missing.
 */
export function contextOption(args: readonly string[]): string | undefined {
  for (const [i, word] of args.entries()) {
    if (word === "--") return undefined;
    const file = word === "--context" ? args[i + 1] : /^--context=(.*)$/s.exec(word)?.[1];
    if (file === undefined && word !== "--context") continue;
    if (file === undefined || file === "" || file.startsWith("--")) {
      throw new ConfigurationError("--context needs a file: --context prod.json");
    }
    return file;
  }
  return undefined;
}
