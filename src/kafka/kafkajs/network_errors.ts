import type { ErrorFacts } from "./error_facts.ts";
import type { Explanation } from "./protocol_errors.ts";

/** A pattern in what TLS, the system or kafkajs says, and what it means. The first that matches counts. */
interface Rule {
  readonly when: (facts: ErrorFacts) => boolean;
  readonly then: Explanation;
}

const says = (...patterns: readonly (string | RegExp)[]) => (facts: ErrorFacts): boolean =>
  patterns.some((pattern) =>
    typeof pattern === "string"
      ? facts.code === pattern || facts.text.includes(pattern)
      : pattern.test(facts.text)
  );

const named = (name: string) => (facts: ErrorFacts): boolean => facts.names.includes(name);

/**
 * What happens before Kafka's protocol, or around it. The codes are those of Deno 2.9 (OpenSSL's names), the lower-case
 * texts those of Deno 2.6 (rustls).
 */
const RULES: readonly Rule[] = [
  {
    when: (facts) => named("KafkaJSSASLAuthenticationError")(facts) && !says("Closed connection")(facts),
    then: {
      fault: "configuration",
      why: "the broker refused the login",
      todo: "check sasl_username, sasl_password and sasl_mechanism",
    },
  },
  {
    when: says("CERT_HAS_EXPIRED", /certificate has expired|certificate expired|Expired/),
    then: {
      fault: "configuration",
      why: "the broker's certificate has expired",
      todo: "ask who runs the broker for a new one",
    },
  },
  {
    when: says("CERT_NOT_YET_VALID", /NotValidYet|not valid yet/),
    then: {
      fault: "configuration",
      why: "the broker's certificate is not valid yet",
      todo: "compare the clocks of both machines",
    },
  },
  {
    when: says(
      "ERR_TLS_CERT_ALTNAME_INVALID",
      /NotValidForName|not valid for name|does not match certificate's altnames/,
    ),
    then: {
      fault: "configuration",
      why: "the broker's certificate is for another host name",
      todo: "put the name of the certificate into bootstrap_servers, or set " +
        "ssl.endpoint.identification.algorithm to none in additional_config",
    },
  },
  {
    when: says(
      "SELF_SIGNED_CERT_IN_CHAIN",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "UNABLE_TO_GET_ISSUER_CERT",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      /UnknownIssuer|CaUsedAsEndEntity|invalid peer certificate/,
    ),
    then: {
      fault: "configuration",
      why: "the broker's certificate is not signed by an authority that this client trusts",
      todo: "set ssl_ca_location to the PEM file of the authority that signed it",
    },
  },
  {
    when: says(
      /BAD_CERTIFICATE|CERTIFICATE_REQUIRED|BadCertificate|CertificateRequired|bad certificate|certificate required/,
    ),
    then: {
      fault: "configuration",
      why: "the broker asks for a client certificate and got none that it accepts",
      todo: "set ssl_cert_location and ssl_key_location",
    },
  },
  {
    when: says(
      /CERTIFICATE_UNKNOWN|UNKNOWN_CA|CertificateUnknown|UnknownCA|certificate unknown|unknown ca|HANDSHAKE_FAILURE|HandshakeFailure/,
    ),
    then: {
      fault: "configuration",
      why: "the broker does not accept the client certificate",
      todo: "use a certificate in ssl_cert_location that is signed by an authority that the broker trusts",
    },
  },
  {
    when: says(
      /UNSUPPORTED_PROTOCOL|unsupported protocol|WRONG_VERSION_NUMBER|InvalidContentType|corrupt message|packet length too long/,
    ),
    then: {
      fault: "configuration",
      why: "the broker's answer is not TLS that this client understands",
      todo: "check that the port belongs to a listener with TLS, or set security_protocol to PLAINTEXT or " +
        "SASL_PLAINTEXT",
    },
  },
  {
    when: says("EPERM", /Requires net access/),
    then: {
      fault: "configuration",
      why: "Deno did not permit the connection",
      todo: "run the job with --allow-net, or with --allow-net=HOST:PORT for each broker",
    },
  },
  {
    when: says("ENOTFOUND", "EAI_AGAIN", "EAI_NODATA", /failed to lookup address|getaddrinfo/),
    then: {
      fault: "unavailable",
      why: "its host name cannot be resolved",
      todo: "check the name in bootstrap_servers, and the broker's advertised.listeners, from this machine",
    },
  },
  {
    when: says("ECONNREFUSED", /connection refused/i),
    then: {
      fault: "unavailable",
      why: "it refuses connections",
      todo: "check that a broker is running there, and bootstrap_servers",
    },
  },
  {
    when: says("EHOSTUNREACH", "ENETUNREACH", /no route to host|network is unreachable/i),
    then: {
      fault: "unavailable",
      why: "there is no network route to it",
      todo: "check network and firewall",
    },
  },
  {
    when: says("Connection timeout", "ETIMEDOUT"),
    then: {
      fault: "unavailable",
      why: "it did not accept the connection in time",
      todo: "check host and port, network and firewall",
    },
  },
  {
    when: says(
      /^Closed connection|Connection closed|Not connected|ECONNRESET|EPIPE|socket hang up|socket disconnected|unexpected end of file|reset by peer/im,
    ),
    then: {
      fault: "unavailable",
      why: "it closed the connection",
      todo:
        "if it always does, security_protocol does not fit this port: a listener with TLS or SASL closes " +
        "connections without",
    },
  },
  {
    when: named("KafkaJSRequestTimeoutError"),
    then: { fault: "unavailable", why: "it did not answer in time" },
  },
  {
    when: named("KafkaJSGroupCoordinatorNotFound"),
    then: {
      fault: "unavailable",
      why: "no broker names a coordinator for the group",
      todo: "check that the user may READ the group: kafkajs does not tell an authorisation error apart here",
    },
  },
  {
    when: named("KafkaJSBrokerNotFound"),
    then: { fault: "unavailable", why: "the cluster's metadata lacks the broker" },
  },
  {
    when: named("KafkaJSServerDoesNotSupportApiKey"),
    then: {
      fault: "configuration",
      why: "the broker does not know this request",
      todo: "use a broker from 2.1 to 4.x",
    },
  },
];

/** What a failure below or around Kafka's protocol means; undefined for one that no rule knows. */
export function explainNetwork(facts: ErrorFacts): Explanation | undefined {
  return RULES.find((rule) => rule.when(facts))?.then;
}
