import { ConfigurationError } from "../core/errors.ts";
import { registerSecretsIn } from "../core/secret.ts";
import { fileProblem, type Files } from "../runtime/files.ts";

/** Where settings come from besides the context file; passed in so that tests need neither. */
export interface Outside {
  /** A variable of the environment; undefined where it is not set. */
  env(name: string): string | undefined;
  readonly files: Pick<Files, "readTextSync">;
  /** Told when a variable is ignored; a line for DEBUG. */
  note?(message: string): void;
}

/** The variable that overrides a key of the context: `KAFKA_BOOTSTRAP_SERVERS` for `kafka.bootstrap_servers`. */
export function variableOf(path: readonly string[]): string {
  return path.join("_").toUpperCase().replaceAll("-", "_");
}

/**
 * What the environment says about a key of the context: the variable of its name, or the file that `NAME_FILE` names.
 * Undefined where neither is set. A key without a section is not looked for: a context's `user`, `path` or `home` would
 * be overridden by what the system sets. An empty `NAME_FILE` counts as not set.
 *
 * Throws a `ConfigurationError` where both are set, or the file cannot be read.
 */
export function fromEnvironment(path: readonly string[], outside: Outside): string | undefined {
  if (path.length < 2) return undefined;
  const name = variableOf(path);
  let value = outside.env(name);
  if (value !== undefined && isServiceVariable(name, value)) {
    outside.note?.(
      `Ignored ${name}: it holds what Kubernetes sets for a Service; write \${env:${name}} to read it`,
    );
    value = undefined;
  }
  const file = outside.env(`${name}_FILE`);
  if (file === undefined || file === "") return value;
  if (value !== undefined) {
    throw new ConfigurationError(`both ${name} and ${name}_FILE are set: only one may be`);
  }
  return readTextFile(file, outside, ` that ${name}_FILE names`);
}

const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\/(?:\d+(?:\.\d+){3}|\[?[0-9a-f:]+\]?):\d+$/i;

/**
 * Whether a variable is one of those that Kubernetes sets in each pod for a Service: one called `kafka` sets
 * `KAFKA_PORT=tcp://10.0.0.1:9092`, which is not the port that a context's `kafka.port` means.
 * See "Discovering services, environment variables" in the documentation of Kubernetes.
 */
export function isServiceVariable(name: string, value: string): boolean {
  return /_PORT(?:_|$)/.test(name) && SERVICE_ADDRESS.test(value);
}

/** The text of a file without the newline at its end. What it holds is masked in logs if its name says it is a secret. */
export function readTextFile(path: string, outside: Outside, why = ""): string {
  let text: string;
  try {
    text = outside.files.readTextSync(path);
  } catch (error) {
    throw new ConfigurationError(`cannot read the file ${path}${why}: ${fileProblem(error)}`);
  }
  text = text.replace(/\r?\n$/, "");
  registerSecretsIn(path.replace(/\.[a-z]+$/i, ""), text);
  return text;
}
