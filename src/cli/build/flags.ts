/** What a program may do, and how its memory is managed: what the task `run` says, but where it may write. */
export function programFlags(runTask: string, writable: readonly string[]): readonly string[] {
  const flags = runTask.split(/\s+/).filter((word) =>
    word.startsWith("--") && word !== "--check" && !word.startsWith("--allow-write")
  );
  return [...flags, `--allow-write=${writable.join(",")}`];
}

/** Platforms that `deno compile` knows. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** One of them. */
export type Target = typeof TARGETS[number];
