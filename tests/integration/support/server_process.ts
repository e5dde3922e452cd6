import { onServer } from "../../support/postgres.ts";

/** Runs a command of the shell; gives what it printed. */
export async function shell(script: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("sh", { args: ["-c", script, "sh", ...args] })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(`${script}: ${text(stderr)}`);
  return text(stdout);
}

/** Process ids of the sessions of an application, and the server's own. */
export async function serverPids(
  url: string,
  application: string,
): Promise<{ server: string; sessions: string[] }> {
  const rows = await onServer(
    url,
    `SELECT pid FROM pg_stat_activity WHERE application_name = '${application}'`,
  );
  const folder = String((await onServer(url, "SHOW data_directory"))[0]?.[0]);
  const server = await shell('head -1 "$1"/postmaster.pid', folder);
  return { server, sessions: rows.map(([pid]) => String(pid)) };
}

/** Sends a signal to processes. */
export const signalPids = (signal: string, pids: readonly string[]) => shell(`kill -${signal} "$@"`, ...pids);
