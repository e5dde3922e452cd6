import { join } from "node:path";
import { lastLines } from "../shared/last_lines.ts";
import type { Tools } from "../shared/tools.ts";
import type { Account } from "./account.ts";
import { makeDataFolder } from "./data_folder.ts";
import type { Programs } from "./programs.ts";
import type { ServerOptions } from "./server.ts";

/** A server of this machine's own programs, ready to be started. */
export interface LocalSetup {
  readonly programs: Programs;
  readonly folder: string;
  readonly port: number;
  /** Starts the server. */
  readonly command: readonly string[];
  /** Its log. */
  readonly outputFile: string;
  /** Only this server's command line holds it. */
  readonly mark: string;
}

/** What a server that lives no longer than its process need not do: its data are never read again. */
const CARELESS = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** Makes what a server needs in a folder that its user owns. */
export async function setUpLocal(
  tools: Tools,
  account: Account,
  programs: Programs,
  place: { readonly folder: string; readonly port: number; readonly careless: boolean },
  options: ServerOptions,
): Promise<LocalSetup> {
  const data = await makeDataFolder(tools, account, programs, place.folder, options);
  const mark = `datapy-${crypto.randomUUID()}`;
  const settings = {
    port: String(place.port),
    listen_addresses: "localhost",
    unix_socket_directories: "",
    cluster_name: mark,
    shared_buffers: "32MB",
    ...(place.careless ? CARELESS : {}),
    ...(options.tls === undefined ? {} : { ssl: "on" }),
    ...(options.clientAuthorities === undefined ? {} : { ssl_ca_file: "clients.crt" }),
    ...options.settings,
  };
  const command = [
    ...account.prefix,
    join(programs.folder, "postgres"),
    "-D",
    data,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];
  const { folder, port } = place;
  return { programs, folder, port, command, outputFile: join(folder, "server.log"), mark };
}

/** The end of a server's log. */
export async function localLogTail(tools: Tools, outputFile: string): Promise<string> {
  return lastLines(await tools.disk.readText(outputFile) ?? "");
}
