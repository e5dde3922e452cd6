import { ConfigurationError } from "../core/errors.ts";
import { fileProblem, type Files } from "../runtime/files.ts";

/** What a PEM file is to hold. */
export type PemKind = "CERTIFICATE" | "PRIVATE KEY";

/** One part of a PEM file, from its BEGIN to its END line. */
export interface PemPart {
  /** `CERTIFICATE`, `RSA PRIVATE KEY` and so on. */
  readonly label: string;
  readonly text: string;
}

/**
 * The parts of a PEM file that are of a kind; at least one. Throws a `ConfigurationError` that names the parameter and
 * the file: it cannot be read, it is in another format (with the command that converts it), or holds something else.
 */
export async function readPem(
  parameter: string,
  path: string,
  kind: PemKind,
  files: Files,
): Promise<readonly PemPart[]> {
  if (path.includes("-----BEGIN")) {
    throw new ConfigurationError(
      `parameter "${parameter}" holds a PEM text: expected the path of a PEM file`,
    );
  }
  let text: string;
  try {
    text = await files.readText(path);
  } catch (error) {
    throw new ConfigurationError(`parameter "${parameter}": cannot read ${path}: ${fileProblem(error)}`);
  }
  const parts = partsOf(text);
  const wanted = parts.filter(({ label }) => label.endsWith(kind));
  if (wanted.length > 0) return wanted;
  const found = [...new Set(parts.map(({ label }) => label))].join(", ");
  const problem = found === "" ? otherFormat(text, path, kind) : `holds ${found}, but no ${kind}`;
  throw new ConfigurationError(`parameter "${parameter}": ${path} ${problem}`);
}

function partsOf(text: string): PemPart[] {
  const parts = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g);
  return [...parts].map(([whole, label = ""]) => ({ label, text: `${whole}\n` }));
}

/** What else the file may be. It was read as text, so that bytes that are none have become U+FFFD. */
function otherFormat(text: string, path: string, kind: PemKind): string {
  if (text.trim() === "") return "is empty: expected PEM";
  const isStore = /\.(jks|ks|keystore|truststore)$/i.test(path) ||
    text.startsWith("\uFFFD\uFFFD\uFFFD\uFFFD\0\0\0");
  if (isStore) {
    return "is a Java key store (JKS), which is not supported; convert it: keytool -importkeystore -srckeystore " +
      `${path} -destkeystore store.p12 -deststoretype PKCS12, then ${pkcs12Command("store.p12", kind)}`;
  }
  if (/\.(p12|pfx)$/i.test(path)) {
    return `is a PKCS12 store, which is not supported; convert it: ${pkcs12Command(path, kind)}`;
  }
  if (text.startsWith("0\uFFFD")) {
    const der = kind === "CERTIFICATE" ? "openssl x509 -inform der" : "openssl pkey -inform der";
    return `is in a binary format (DER or PKCS12); convert it to PEM: ${der} -in ${path} -out out.pem, or ` +
      pkcs12Command(path, kind);
  }
  return `is not PEM: expected a line -----BEGIN ${kind}-----`;
}

function pkcs12Command(path: string, kind: PemKind): string {
  return `openssl pkcs12 -in ${path} ${kind === "CERTIFICATE" ? "-nokeys" : "-nocerts"} -out out.pem`;
}
