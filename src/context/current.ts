import { fileURLToPath } from "node:url";
import { JobLocal } from "../core/job_scope.ts";
import type { ReferenceResolver } from "../core/settings.ts";
import { systemFiles } from "../runtime/files.ts";
import { thisProcess } from "../runtime/process.ts";
import { Context, type ContextSources } from "./context.ts";
import { readContextFile } from "./context_file.ts";
import { typedValue } from "./typed_value.ts";

/** Where the settings of a job come from besides its context file. */
export interface SettingSources {
  /** A variable of the environment. */
  env(name: string): string | undefined;
  /** Completes or changes what the context file says, or stands alone where there is none. */
  overlay(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

/** The sources of a job: the environment of its process, or what a test gives it. */
export const settingSources: JobLocal<SettingSources> = new JobLocal(() => ({
  env: (name) => thisProcess.env(name),
  overlay: (values) => values,
}));

/** The context of the job; one that knows the environment only until {@link setupContext} reads a file. */
const current = new JobLocal(() => new Context(sources({})));

function sources(
  values: Readonly<Record<string, unknown>>,
  note?: (message: string) => void,
): ContextSources {
  const { env, overlay } = settingSources.get();
  return { env, files: systemFiles, values: overlay(values), ...(note === undefined ? {} : { note }) };
}

/** The file that whoever started the job gave in place of the one that it names. */
const chosenFile = new JobLocal<string | undefined>(() => undefined);

/**
 * Makes a context file that of the job now, and keeps it when the job sets up another: `--context FILE`. Throws a
 * `ConfigurationError` where it cannot be read.
 */
export function chooseContextFile(file: string): void {
  chosenFile.set(file);
  setupContext(file);
}

/** The context of the job. */
export function currentContext(): Context {
  return current.get();
}

/** Resolves the references of parameters from the context of the job, whichever it is at that time. */
export const resolveReference: ReferenceResolver = (text, place) => current.get().resolve(text, place);

/**
 * Makes a context file the context of the job, in place of the one before; without a file, the environment alone. The
 * file of {@link chooseContextFile} wins over the one that is named.
 * `note` is told which variables were ignored. Throws a `ConfigurationError`, and leaves the context as it was, where
 * the file cannot be read.
 */
export function setupContext(named?: string | URL, note?: (message: string) => void): void {
  const file = chosenFile.get() ?? named;
  if (file === undefined) {
    current.set(new Context(sources({}, note)));
    return;
  }
  const path = file instanceof URL ? fileURLToPath(file) : file;
  current.set(new Context({ ...sources(readContextFile(path, systemFiles), note), file: path }));
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
  return typedValue(current.get(), key, ...rest);
}
