import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { ConfigurationError } from "../core/errors.ts";
import { Secret } from "../core/secret.ts";
import type { Files } from "../runtime/files.ts";
import type { TlsConfig } from "./connection.ts";
import { type PemPart, readPem } from "./pem.ts";

/** The parameters of kafka_connector that name certificates and key. */
export interface TlsPaths {
  readonly ssl_ca_location: string | undefined;
  readonly ssl_cert_location: string | undefined;
  readonly ssl_key_location: string | undefined;
  readonly ssl_key_password: Secret | undefined;
}

/** What was read, and what somebody should know about it. */
export interface TlsMaterial {
  readonly tls: Pick<TlsConfig, "ca" | "certificate" | "key" | "files">;
  readonly warnings: readonly string[];
}

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

/**
 * Reads and checks the files for TLS, before any connection: what a TLS library says of an expired certificate or of a
 * key that belongs to another one is misleading, and Deno 2.6 ends the process for the latter.
 *
 * Throws a `ConfigurationError` that names parameter and file.
 *
 * @param now Unix time in milliseconds.
 */
export async function readTlsFiles(paths: TlsPaths, files: Files, now: number): Promise<TlsMaterial> {
  const warnings: string[] = [];
  const { ssl_ca_location: ca, ssl_cert_location: certificate, ssl_key_location: key } = paths;
  const authorities = ca === undefined ? undefined : await readAuthorities(ca, files, now, warnings);
  const own = certificate === undefined
    ? undefined
    : await readCertificate(certificate, files, now, warnings);
  const privateKey = key === undefined
    ? undefined
    : await readKey(key, paths.ssl_key_password, files, warnings);
  if (own !== undefined && privateKey !== undefined && !belongTogether(own.certificate, privateKey)) {
    throw new ConfigurationError(
      `parameter "ssl_key_location": the key in ${key} is not the one of the certificate in ${certificate}`,
    );
  }
  return {
    warnings,
    tls: {
      ca: authorities,
      certificate: own?.text,
      key: privateKey === undefined ? undefined : new Secret(pemOf(privateKey)),
      files: { ca, certificate, key },
    },
  };
}

async function readAuthorities(path: string, files: Files, now: number, warnings: string[]): Promise<string> {
  const parameter = "ssl_ca_location";
  const parts = await readPem(parameter, path, "CERTIFICATE", files);
  const expired = parts.map((part) => parse(parameter, path, part)).filter((one) => endOf(one) < now);
  const all = expired.map((one) => `${nameOf(one)} (on ${dateOf(one)})`).join(", ");
  if (expired.length === parts.length) {
    throw new ConfigurationError(`parameter "${parameter}": all authorities in ${path} have expired: ${all}`);
  }
  if (expired.length > 0) warnings.push(`Authorities in ${path} have expired: ${all}`);
  return joined(parts);
}

async function readCertificate(path: string, files: Files, now: number, warnings: string[]) {
  const parameter = "ssl_cert_location";
  const parts = await readPem(parameter, path, "CERTIFICATE", files);
  const [certificate] = parts.map((part) => parse(parameter, path, part)) as [X509Certificate];
  const begin = Date.parse(certificate.validFrom);
  if (endOf(certificate) < now) {
    throw new ConfigurationError(
      `parameter "${parameter}": the certificate ${nameOf(certificate)} in ${path} expired on ${
        dateOf(certificate)
      }`,
    );
  }
  if (begin > now) {
    throw new ConfigurationError(
      `parameter "${parameter}": the certificate ${nameOf(certificate)} in ${path} is valid only from ` +
        `${new Date(begin).toISOString()} on: is this machine's clock right?`,
    );
  }
  if (endOf(certificate) - now < SOON_MS) {
    warnings.push(`The certificate ${nameOf(certificate)} in ${path} expires on ${dateOf(certificate)}`);
  }
  return { certificate, text: joined(parts) };
}

async function readKey(
  path: string,
  password: Secret | undefined,
  files: Files,
  warnings: string[],
): Promise<KeyObject> {
  const parameter = "ssl_key_location";
  const [part] = await readPem(parameter, path, "PRIVATE KEY", files) as [PemPart];
  const isOld = part.text.includes("Proc-Type: 4,ENCRYPTED");
  const isEncrypted = isOld || part.label.startsWith("ENCRYPTED");
  if (isEncrypted && password === undefined) {
    throw new ConfigurationError(`parameter "ssl_key_password" is missing: the key in ${path} is encrypted`);
  }
  if (!isEncrypted && password !== undefined) {
    warnings.push(`ssl_key_password is given, but the key in ${path} is not encrypted`);
  }
  try {
    // no cause below: what a library says of a key is not to be trusted with staying silent about it
    return createPrivateKey(isEncrypted ? { key: part.text, passphrase: password!.reveal() } : part.text);
  } catch {
    const convert = isOld ? ` (or convert it: openssl pkcs8 -topk8 -in ${path} -out key.pem)` : "";
    throw new ConfigurationError(
      isEncrypted
        ? `parameter "ssl_key_password": the key in ${path} cannot be decrypted: is the password right?${convert}`
        : `parameter "${parameter}": the key in ${path} is damaged, or of a kind that is not supported`,
    );
  }
}

function parse(parameter: string, path: string, part: PemPart): X509Certificate {
  try {
    return new X509Certificate(part.text);
  } catch (error) {
    throw new ConfigurationError(`parameter "${parameter}": a certificate in ${path} is damaged`, {
      cause: error,
    });
  }
}

function belongTogether(certificate: X509Certificate, key: KeyObject): boolean {
  // by their public keys: checkPrivateKey is missing in Deno 2.6
  const form = { type: "spki", format: "pem" } as const;
  return certificate.publicKey.export(form) === createPublicKey(key as never).export(form);
}

const pemOf = (key: KeyObject): string => String(key.export({ type: "pkcs8", format: "pem" }));
const joined = (parts: readonly PemPart[]): string => parts.map(({ text }) => text).join("");
const endOf = (certificate: X509Certificate): number => Date.parse(certificate.validTo);
const dateOf = (certificate: X509Certificate): string => new Date(endOf(certificate)).toISOString();
const nameOf = (certificate: X509Certificate): string => certificate.subject.replaceAll("\n", ", ");
