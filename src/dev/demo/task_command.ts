import { ConfigurationError } from "../../core/errors.ts";

/** A task's command: the flags that `deno run` is given, its script, and the script's own arguments. */
export interface TaskCommand {
  readonly permissions: readonly string[];
  readonly script: string;
  readonly args: readonly string[];
}

/**
 * What a task of deno.json runs, with further arguments behind it: so that the demo runs a job exactly as
 * `deno task run JOB` does, but without a process in between that would keep signals to itself.
 *
 * Throws a `ConfigurationError` where the task is not one `deno run`.
 */
export function taskCommand(denoJson: string, task: string, further: readonly string[]): TaskCommand {
  const { tasks } = JSON.parse(denoJson) as { tasks?: Record<string, string | { command?: string }> };
  const entry = tasks?.[task];
  const text = typeof entry === "string" ? entry : entry?.command;
  const words = [...(text ?? "").matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) =>
    match[1] ?? match[2] ?? match[3] ?? ""
  );
  const [deno, run, ...rest] = [...words, ...further];
  const at = rest.findIndex((word) => !word.startsWith("-"));
  const script = rest[at];
  if (deno !== "deno" || run !== "run" || script === undefined || /[|&;<>$]/.test(text ?? "")) {
    throw new ConfigurationError(`Cannot run the task "${task}" of deno.json: expected one "deno run ..."`);
  }
  const permissions = rest.slice(0, at).filter((word) => word !== "--check"); // the types of this job are known to be right
  return { permissions, script, args: rest.slice(at + 1) };
}
