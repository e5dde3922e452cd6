import { ConfigurationError, errorText, UnavailableError } from "../../core/errors.ts";
import { serverFailure } from "./failure.ts";
import type { Location } from "./location.ts";

/** What goes wrong with TLS, by the texts of OpenSSL (Deno from 2.9 on) and of rustls (before), and what to do. */
const TLS_PROBLEMS: readonly (readonly [said: RegExp, meaning: string])[] = [
  [
    /does not support SSL connections/,
    "the server has no TLS, and the connection asks for it: turn it on there (ssl = on), or give sslmode=disable in the " +
    "url if the network between is trusted",
  ],
  [
    /ALTNAME_INVALID|altnames|NotValidForName|not valid for name|hostname mismatch/i,
    "the server's certificate is for another host name: use the name that stands in it, or sslmode=verify-ca, which does " +
    "not compare names",
  ],
  [/CERT_HAS_EXPIRED|certificate (has )?expired|Expired/, "the server's certificate has expired"],
  [
    /SELF_SIGNED|UNABLE_TO_(VERIFY_LEAF|GET_ISSUER)|self[- ]signed|unable to (verify|get)|UnknownIssuer|unknown issuer|CaUsedAsEndEntity/i,
    "the server's certificate is of an authority that is not trusted: name the authority's PEM file by sslrootcert in the " +
    "url or the parameter for it",
  ],
  [
    /ALERT_(BAD_CERTIFICATE|CERTIFICATE_REQUIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA)|alert (bad|unknown) ?(certificate|ca)|received fatal alert/i,
    "the server refused the client's certificate, or asks for one",
  ],
  [
    /key values mismatch|ERR_OSSL|ERR_SSL_UNSUPPORTED|PEM|invalid private key/i,
    "a certificate or key cannot be used",
  ],
];

/** Why a connection could not be made, in the project's words and kinds. It never holds the password. */
export function connectError(error: unknown, location: Location): Error {
  const text = (why: string) => `Cannot connect to ${location.name}: ${why}`;
  const failure = serverFailure(error);
  if (failure !== undefined) {
    const why = text(`${failure.message} (SQLSTATE ${failure.code})`);
    return failure.kind === "configuration" ? new ConfigurationError(why) : new UnavailableError(why);
  }
  const said = `${(error as { code?: unknown } | null)?.code ?? ""} ${errorText(error)}`;
  if (/client password must be a string/.test(said)) {
    return new ConfigurationError(text("the server asks for a password, and none was given"));
  }
  if (/^ *SASL|SCRAM|Unknown authenticationOk|unsupported auth/i.test(said)) {
    return new ConfigurationError(text(`the server's way to log in cannot be used: ${errorText(error)}`));
  }
  if (error instanceof Error && error.name === "NotCapable") {
    return new ConfigurationError(text(`Deno did not permit it: ${error.message}`));
  }
  if (/\b(EPERM|EACCES)\b|Requires net access/.test(said)) {
    const { host, port } = location;
    return new ConfigurationError(
      text(
        `the network is not permitted: allow it by --allow-net=${host}:${port}, or in the firewall of this machine`,
      ),
    );
  }
  if (location.tlsMode !== "disable") {
    const problem = TLS_PROBLEMS.find(([pattern]) => pattern.test(said))?.[1];
    if (problem !== undefined) return new ConfigurationError(text(problem));
  }
  return new UnavailableError(text(networkProblem(said, location)));
}

function networkProblem(said: string, { host, port, connectTimeoutS }: Location): string {
  if (/ECONNREFUSED|Connection refused/i.test(said)) return `nothing listens at port ${port} of ${host}`;
  if (/ENOTFOUND|EAI_|failed to lookup|Name or service/i.test(said)) return `there is no host ${host}`;
  if (/timeout expired|ETIMEDOUT/i.test(said)) return `no answer within ${connectTimeoutS} s`;
  if (/ECONNRESET|EPIPE|terminated|UnexpectedEof|socket hang up|establishing an SSL connection/i.test(said)) {
    return "the connection was closed before the login was over";
  }
  return said.trim();
}
