import assert from "node:assert/strict";
import kafkajsErrors from "kafkajs/src/errors.js";
import kafkajsProtocol from "kafkajs/src/protocol/error.js";
import { ConfigurationError, kindOf, PermanentError, UnavailableError } from "../../../src/core/errors.ts";
import { Secret } from "../../../src/core/secret.ts";
import { PartitionsLostError } from "../../../src/kafka/driver.ts";
import { isRetriable, translateError } from "../../../src/kafka/kafkajs/errors.ts";
import { errorFromCode } from "../../../src/kafka/kafkajs/internals.ts";
import { PROTOCOL_ERRORS } from "../../../src/kafka/kafkajs/protocol_errors.ts";

type Make = new (message: string | Error, details?: object) => Error;
const {
  KafkaJSBrokerNotFound,
  KafkaJSConnectionClosedError,
  KafkaJSConnectionError,
  KafkaJSGroupCoordinatorNotFound,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSRequestTimeoutError,
  KafkaJSSASLAuthenticationError,
  KafkaJSServerDoesNotSupportApiKey,
} = kafkajsErrors as unknown as Record<string, Make>;
const { errorCodes } = kafkajsProtocol as unknown as {
  errorCodes: readonly { type: string; code: number; retriable: boolean }[];
};

const AT = { broker: "broker1:9092" };
/** A connection that failed, as kafkajs tells it after its last attempt. */
const connection = (text: string, code?: string) =>
  new KafkaJSNumberOfRetriesExceeded!(
    new KafkaJSConnectionError!(`Connection error: ${text}`, { ...AT, code }),
    { retryCount: 0, retryTime: 300 },
  );

interface Case {
  readonly error: Error;
  readonly is: new (message: string) => Error;
  readonly says: RegExp;
}

/** What was met on real brokers, in the words of Deno 2.9 and, where they differ, of 2.6. */
const MEASURED: Readonly<Record<string, Case>> = {
  "a wrong password": {
    error: new KafkaJSSASLAuthenticationError!("SASL PLAIN authentication failed: Authentication failed"),
    is: ConfigurationError,
    says: /refused the login \(check sasl_username, sasl_password and sasl_mechanism\)/,
  },
  "a mechanism that is off": {
    error: errorFromCode(33),
    is: ConfigurationError,
    says: /does not offer this SASL mechanism \(set sasl_mechanism/,
  },
  "a login on a port without": {
    error: errorFromCode(34),
    is: ConfigurationError,
    says: /does not expect a login on this port \(set security_protocol to PLAINTEXT or SSL/,
  },
  "no login on a port with one, or no TLS on a port with it": {
    error: new KafkaJSConnectionClosedError!("Closed connection", { host: "broker1", port: 9092 }),
    is: UnavailableError,
    says: /at broker broker1:9092: it closed the connection \(if it always does, security_protocol/,
  },
  "TLS on a plain port": {
    error: connection(
      "Client network socket disconnected before secure TLS connection was established",
      "ECONNRESET",
    ),
    is: UnavailableError,
    says: /it closed the connection/,
  },
  "TLS on a plain port (2.6)": {
    error: connection("unexpected end of file"),
    is: UnavailableError,
    says: /it closed the connection/,
  },
  "an unknown authority": {
    error: connection("unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
    is: ConfigurationError,
    says: /not signed by an authority that this client trusts \(set ssl_ca_location/,
  },
  "an unknown authority in the chain": {
    error: connection("self-signed certificate in certificate chain", "SELF_SIGNED_CERT_IN_CHAIN"),
    is: ConfigurationError,
    says: /ssl_ca_location/,
  },
  "an unknown authority (2.6)": {
    error: connection("invalid peer certificate: UnknownIssuer"),
    is: ConfigurationError,
    says: /ssl_ca_location/,
  },
  "another host name": {
    error: connection("Hostname/IP does not match certificate's altnames", "ERR_TLS_CERT_ALTNAME_INVALID"),
    is: ConfigurationError,
    says: /for another host name \(.*ssl\.endpoint\.identification\.algorithm to none/,
  },
  "another host name (2.6)": {
    error: connection(
      'invalid peer certificate: certificate not valid for name "vm"; certificate is only valid for x',
    ),
    is: ConfigurationError,
    says: /for another host name/,
  },
  "an expired certificate of the broker (2.6)": {
    error: connection("invalid peer certificate: certificate expired: verification time 1 (UNIX)"),
    is: ConfigurationError,
    says: /the broker's certificate has expired/,
  },
  "no client certificate": {
    error: connection("received fatal alert: CertificateRequired"),
    is: ConfigurationError,
    says: /asks for a client certificate .*\(set ssl_cert_location and ssl_key_location\)/,
  },
  "no client certificate (OpenSSL)": {
    error: connection("sslv3 alert bad certificate", "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE"),
    is: ConfigurationError,
    says: /asks for a client certificate/,
  },
  "a foreign client certificate": {
    error: connection("received fatal alert: CertificateUnknown"),
    is: ConfigurationError,
    says: /does not accept the client certificate/,
  },
  "an answer that is not TLS": {
    error: connection("unsupported protocol", "ERR_SSL_UNSUPPORTED_PROTOCOL"),
    is: ConfigurationError,
    says: /is not TLS/,
  },
  "nobody there": {
    error: connection("connect ECONNREFUSED 127.0.0.1:9092", "ECONNREFUSED"),
    is: UnavailableError,
    says: /at broker broker1:9092: it refuses connections \(check that a broker is running there/,
  },
  "an unknown host name": {
    error: connection("getaddrinfo ENOTFOUND broker1", "ENOTFOUND"),
    is: UnavailableError,
    says: /host name cannot be resolved \(.*advertised\.listeners/,
  },
  "a network that swallows packets": {
    error: new KafkaJSConnectionError!("Connection timeout", AT),
    is: UnavailableError,
    says: /did not accept the connection in time/,
  },
  "a broker that does not answer": {
    error: new KafkaJSRequestTimeoutError!("Request Metadata(key: 3, version: 6) timed out", AT),
    is: UnavailableError,
    says: /at broker broker1:9092: it did not answer in time/,
  },
  "a topic without permission": {
    error: Object.assign(errorFromCode(29), { topic: "orders" }),
    is: ConfigurationError,
    says: /\(topic "orders"\): the user is not authorised for the topic \(ask for an ACL: READ and DESCRIBE/,
  },
  "a topic without permission, as a cause": {
    error: new KafkaJSNumberOfRetriesExceeded!(errorFromCode(29), { retryCount: 5, retryTime: 1 }),
    is: ConfigurationError,
    says: /not authorised for the topic/,
  },
  "a group without permission": {
    error: errorFromCode(30),
    is: ConfigurationError,
    says: /not authorised for the consumer group \(ask for an ACL with READ on the group/,
  },
  "a group without permission, while its coordinator is looked for": {
    error: new KafkaJSGroupCoordinatorNotFound!("Failed to find group coordinator"),
    is: UnavailableError,
    says: /no broker names a coordinator .*check that the user may READ the group/,
  },
  "a cluster without permission": {
    error: errorFromCode(31),
    is: ConfigurationError,
    says: /on the cluster/,
  },
  "an unknown topic": {
    error: errorFromCode(3),
    is: ConfigurationError,
    says: /no such topic, or it is hidden/,
  },
  "a record that is too large": {
    error: errorFromCode(10),
    is: PermanentError,
    says: /larger than the broker accepts \(raise max\.message\.bytes/,
  },
  "too few replicas": { error: errorFromCode(19), is: UnavailableError, says: /min\.insync\.replicas/ },
  "a member that was dropped": { error: errorFromCode(25), is: PartitionsLostError, says: /no longer knows/ },
  "an old generation": { error: errorFromCode(22), is: PartitionsLostError, says: /redistributed/ },
  "a rebalance": { error: errorFromCode(27), is: PartitionsLostError, says: /redistributing/ },
  "a session timeout that is not allowed": {
    error: errorFromCode(26),
    is: ConfigurationError,
    says: /session\.timeout\.ms between/,
  },
  "metadata without the broker": {
    error: new KafkaJSBrokerNotFound!("Broker 2 not found in the cached metadata"),
    is: UnavailableError,
    says: /metadata lacks the broker/,
  },
  "a broker that is too old": {
    error: new KafkaJSServerDoesNotSupportApiKey!(
      "The Kafka server does not support the requested API version",
    ),
    is: ConfigurationError,
    says: /does not know this request/,
  },
  "something that nobody knows": {
    error: new Error("the moon is full"),
    is: UnavailableError,
    says: /the moon is full/,
  },
};

for (const [name, { error, is, says }] of Object.entries(MEASURED)) {
  Deno.test(`translateError() explains ${name}`, () => {
    const translated = translateError(error, "try");
    assert.ok(translated instanceof is, `${translated.name}: ${translated.message}`);
    assert.match(translated.message, says);
    assert.match(translated.message, /^Cannot try/);
    assert.equal(translated.cause, error);
  });
}

Deno.test("translateError() gives each error code of Kafka's to somebody, and a cause", () => {
  for (const { type, code } of errorCodes) {
    const translated = translateError(errorFromCode(code), "try");
    const expected = type in PROTOCOL_ERRORS ? kindOf(translated) : "unavailable";
    assert.equal(kindOf(translated), expected, type);
    assert.notEqual(kindOf(translated), "record", type);
    assert.match(translated.message, /^Cannot try: \S/);
  }
});

Deno.test("PROTOCOL_ERRORS names only error codes that kafkajs knows", () => {
  const known = errorCodes.map(({ type }) => type);
  for (const type of Object.keys(PROTOCOL_ERRORS)) assert.ok(known.includes(type), type);
});

Deno.test("isRetriable() holds for what kafkajs would try again, but for topics that are unknown", () => {
  for (const { type, code, retriable } of errorCodes) {
    if (retriable && type !== "UNKNOWN_TOPIC_OR_PARTITION") {
      assert.ok(isRetriable(translateError(errorFromCode(code), "try")), type);
    }
  }
});

Deno.test("translateError() hands back our own errors as they are", () => {
  for (const own of [new UnavailableError("a"), new ConfigurationError("b"), new PermanentError("c")]) {
    assert.equal(translateError(own, "try"), own);
  }
});

Deno.test("translateError() names the broker that it is told, where the error names none", () => {
  assert.match(
    translateError(errorFromCode(33), "try", "broker2:9092").message,
    /^Cannot try at broker broker2:9092: /,
  );
  const named = connection("connect ECONNREFUSED", "ECONNREFUSED");
  assert.match(translateError(named, "try", "broker2:9092").message, /at broker broker1:9092/);
});

Deno.test("translateError() masks a secret that a library put into its message", () => {
  new Secret("correct-horse-battery");
  const translated = translateError(new Error("login of alice/correct-horse-battery failed"), "try");
  assert.doesNotMatch(translated.message, /correct-horse/);
});
