import { join } from "node:path";
import { UnavailableError } from "../../core/errors.ts";
import { lastLines } from "../shared/last_lines.ts";
import type { Tools } from "../shared/tools.ts";
import { type Account, handOver } from "./account.ts";
import type { Programs } from "./programs.ts";
import type { ServerOptions } from "./server.ts";
import { DATABASE, PASSWORD, USER } from "./versions.ts";

const TEMPLATE_TIMEOUT_MS = 120_000;

/** A small log of writes: it is copied with every folder. */
const INITDB = ["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1", "-U", USER];

const SQL = `ALTER USER "${USER}" PASSWORD '${PASSWORD}'\nCREATE DATABASE "${DATABASE}"\n`;

/**
 * Makes a server's data folder within another one, where it is not there yet: a copy of one that initdb made once, which
 * takes a second, a copy a tenth of one.
 */
export async function makeDataFolder(
  tools: Tools,
  account: Account,
  programs: Programs,
  folder: string,
  options: ServerOptions,
): Promise<string> {
  const { disk, subprocesses } = tools;
  const data = join(folder, "data");
  if (!await disk.exists(join(data, "PG_VERSION"))) {
    const template = await templateFolder(tools, account, programs);
    await must(tools, [...account.prefix, "cp", "-Rp", template, data], "copy its data folder");
  }
  const access = options.access ?? ["host all all all scram-sha-256"];
  await disk.writeText(join(data, "pg_hba.conf"), access.map((line) => `${line}\n`).join(""));
  if (options.tls !== undefined) {
    const key = join(data, "server.key");
    await disk.writeText(join(data, "server.crt"), options.tls.certificate);
    await disk.writeText(key, options.tls.key);
    await subprocesses.run(["chmod", "600", key]); // PostgreSQL refuses a key that others may read
    await handOver(tools, account, key);
  }
  if (options.clientAuthorities !== undefined) {
    await disk.writeText(join(data, "clients.crt"), options.clientAuthorities);
  }
  return data;
}

async function templateFolder(tools: Tools, account: Account, programs: Programs): Promise<string> {
  const { disk } = tools;
  // the 2: since the password is another than the user's name
  const template = join(account.folder, `postgres-data-2-${programs.version}-${programs.engine}`);
  if (await disk.exists(template)) return template;
  using _lock = await disk.lock(join(account.folder, "postgres-data.lock"), TEMPLATE_TIMEOUT_MS);
  if (await disk.exists(template)) return template; // another process was first
  const work = await disk.makeTempFolder(join(account.folder, "tmp"), `postgres-${tools.pid}-data-`);
  try {
    await handOver(tools, account, work);
    const data = join(work, "data");
    const run = (command: readonly string[], doing: string) =>
      must(tools, [...account.prefix, ...command], doing);
    await run([join(programs.folder, "initdb"), "-D", data, ...INITDB], "make its data folder");
    const single = [join(programs.folder, "postgres"), "--single", "-D", data, "postgres"];
    await run(
      ["sh", "-c", 'sql=$1; shift; printf %s "$sql" | "$@"', "sh", SQL, ...single],
      "make its database",
    );
    await disk.rename(data, template);
    return template;
  } finally {
    await disk.remove(work);
  }
}

async function must(tools: Tools, command: readonly string[], doing: string): Promise<void> {
  const { code, stdout, stderr } = await tools.subprocesses.run(command, TEMPLATE_TIMEOUT_MS);
  if (code === 0) return;
  throw new UnavailableError(`Cannot start PostgreSQL: it cannot ${doing}: ${lastLines(stdout + stderr, 5)}`);
}
