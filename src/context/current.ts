import { fileURLToPath } from "node:url";
import type { ReferenceResolver } from "../core/settings.ts";
import { systemFiles } from "../runtime/files.ts";
import { thisProcess } from "../runtime/process.ts";
import { Context, type ContextSources } from "./context.ts";
import { readContextFile } from "./context_file.ts";
import { typedValue } from "./typed_value.ts";

/** The context of this process; one that knows the environment only until {@link setupContext} reads a file. */
let current = new Context(outside());

function outside(note?: (message: string) => void): ContextSources {
  const env = (name: string) => thisProcess.env(name);
  return note === undefined ? { env, files: systemFiles } : { env, files: systemFiles, note };
}

/** The context of this process. */
export function currentContext(): Context {
  return current;
}

/** Resolves the references of parameters from the context of this process, whichever it is at that time. */
export const resolveReference: ReferenceResolver = (text, place) => current.resolve(text, place);

/**
 * Makes a context file the context of this process, in place of the one before; without a file, the environment alone.
 * `note` is told which variables were ignored. Throws a `ConfigurationError`, and leaves the context as it was, where
 * the file cannot be read.
 */
export function setupContext(file?: string | URL, note?: (message: string) => void): void {
  if (file === undefined) {
    current = new Context(outside(note));
    return;
  }
  const path = file instanceof URL ? fileURLToPath(file) : file;
  current = new Context({ ...outside(note), values: readContextFile(path, systemFiles), file: path });
}

/**
 * A setting for a job's own use, such as `contextValue("database.url")`: from the environment (`DATABASE_URL`,
 * `DATABASE_URL_FILE`), else from the context file. The fallback gives the type, and stands in where no source has the
 * key or the file says null; with `oneOf` the value must be one of a few. Without a fallback the setting is a text.
 *
 * Throws a `ConfigurationError` where a setting without a fallback is missing or a value has another type.
 */
export function contextValue(key: string): string;
/** A setting that is one of a few texts. */
export function contextValue<T extends string>(key: string, fallback: T, oneOf: readonly T[]): T;
/** A setting that is a text. */
export function contextValue(key: string, fallback: string): string;
/** A setting that is a number. */
export function contextValue(key: string, fallback: number): number;
/** A setting that is true or false. */
export function contextValue(key: string, fallback: boolean): boolean;
/** A setting that is a list of texts; in the environment, a JSON list. */
export function contextValue(key: string, fallback: readonly string[]): readonly string[];
/** A setting that is a text, or is not set. */
export function contextValue(key: string, fallback: undefined): string | undefined;
export function contextValue(key: string, ...rest: [fallback?: unknown, oneOf?: readonly string[]]): unknown {
  return typedValue(current, key, ...rest);
}
