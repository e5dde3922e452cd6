import { ConfigurationError } from "../../core/errors.ts";
import { fileProblem, type Files, systemFiles } from "../../runtime/files.ts";
import type { Location } from "./location.ts";

/** TLS as node-postgres hands it to `tls.connect`; false is none. */
export type TlsOptions = false | Readonly<Record<string, unknown>>;

/**
 * What a mode means: `require` takes every certificate, `verify-ca` one of a trusted authority for any host, `verify-full`
 * one for this host. Without `tlsCa` the trusted authorities are Deno's (DENO_TLS_CA_STORE). Rejects with a
 * `ConfigurationError` where a file cannot be read.
 */
export async function tlsOptions(location: Location, files: Files = systemFiles): Promise<TlsOptions> {
  if (location.tlsMode === "disable") return false;
  const read = async (path: string | undefined, what: string) => {
    if (path === undefined) return undefined;
    const text = await files.readText(path).catch((cause) => {
      throw new ConfigurationError(
        `Cannot connect to ${location.name}: cannot read ${what} ${path}: ${fileProblem(cause)}`,
      );
    });
    if (text.includes("-----BEGIN ")) return text;
    throw new ConfigurationError(`Cannot connect to ${location.name}: ${what} ${path} is not a PEM file`);
  };
  const ca = await read(location.tlsCa, "the authorities in");
  const cert = await read(location.tlsCertificate, "the client's certificate in");
  const key = await read(location.tlsKey, "the client's key in");
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert, key }),
    ...(location.tlsMode === "require" ? { rejectUnauthorized: false } : {}),
    ...(location.tlsMode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}
