import { ConfigurationError } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { SaslConfig, SaslMechanism, SecurityProtocol } from "./connection.ts";
import type { TlsPaths } from "./tls_files.ts";

/** The parameters of kafka_connector about security. */
export interface SecurityParams extends TlsPaths {
  readonly security_protocol: SecurityProtocol;
  readonly sasl_mechanism: SaslMechanism;
  readonly sasl_username: string | undefined;
  readonly sasl_password: Secret | undefined;
}

/** Whether a protocol encrypts. */
export function usesTls(protocol: SecurityProtocol): boolean {
  return protocol.endsWith("SSL");
}

/** Whether a protocol logs in. */
export function usesSasl(protocol: SecurityProtocol): boolean {
  return protocol.startsWith("SASL");
}

/**
 * Who logs in; undefined where the protocol does not. Throws a `ConfigurationError` where the parameters contradict each
 * other. An empty text counts as not given: that is how a variable that is not used reaches a job.
 */
export function checkSecurity(params: SecurityParams): SaslConfig | undefined {
  checkTls(params);
  const { security_protocol: protocol, sasl_mechanism: mechanism } = params;
  const username = given(params.sasl_username);
  const password = given(params.sasl_password?.reveal()) === undefined ? undefined : params.sasl_password;
  if (!usesSasl(protocol)) {
    if (username !== undefined) throw needless("sasl_username", protocol);
    if (password !== undefined) throw needless("sasl_password", protocol);
    return undefined;
  }
  if (username === undefined) throw missing("sasl_username", protocol);
  if (password === undefined) throw missing("sasl_password", protocol);
  return { mechanism, username, password };
}

function checkTls(params: SecurityParams): void {
  const { security_protocol: protocol } = params;
  const names = ["ssl_ca_location", "ssl_cert_location", "ssl_key_location"] as const;
  const paths = names.filter((name) => given(params[name]) !== undefined);
  const password = given(params.ssl_key_password?.reveal());
  const [first] = password === undefined ? paths : [...paths, "ssl_key_password"];
  if (!usesTls(protocol) && first !== undefined) {
    throw new ConfigurationError(
      `parameter "${first}" is given, but security_protocol ${protocol} does not use TLS: ` +
        `set security_protocol to ${usesSasl(protocol) ? "SASL_SSL" : "SSL"}, or leave ${first} out`,
    );
  }
  const hasCertificate = paths.includes("ssl_cert_location");
  const hasKey = paths.includes("ssl_key_location");
  if (hasCertificate && !hasKey) throw incomplete("ssl_key_location", "ssl_cert_location");
  if (hasKey && !hasCertificate) throw incomplete("ssl_cert_location", "ssl_key_location");
  if (password !== undefined && !hasKey) throw incomplete("ssl_key_location", "ssl_key_password");
}

/** A text that is not empty. */
export function given(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}

function missing(parameter: string, protocol: SecurityProtocol): Error {
  return new ConfigurationError(
    `parameter "${parameter}" is missing: security_protocol ${protocol} logs in, so it needs sasl_username and ` +
      "sasl_password",
  );
}

function needless(parameter: string, protocol: SecurityProtocol): Error {
  return new ConfigurationError(
    `parameter "${parameter}" is given, but security_protocol ${protocol} does not log in: ` +
      `set security_protocol to ${
        usesTls(protocol) ? "SASL_SSL" : "SASL_SSL or SASL_PLAINTEXT"
      }, or leave it out`,
  );
}

function incomplete(parameter: string, because: string): Error {
  return new ConfigurationError(
    `parameter "${parameter}" is missing: ${because} is given, and a client certificate needs its key`,
  );
}
