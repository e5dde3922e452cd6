/** Kafka's names of what the mods have parameters for, and those parameters. */
const PARAMETERS: Readonly<Record<string, string>> = {
  "bootstrap.servers": "bootstrap_servers of kafka_connector",
  "metadata.broker.list": "bootstrap_servers of kafka_connector",
  "security.protocol": "security_protocol of kafka_connector",
  "sasl.mechanism": "sasl_mechanism of kafka_connector",
  "sasl.mechanisms": "sasl_mechanism of kafka_connector",
  "sasl.username": "sasl_username of kafka_connector",
  "sasl.password": "sasl_password of kafka_connector",
  "sasl.jaas.config": "sasl_username and sasl_password of kafka_connector",
  "ssl.ca.location": "ssl_ca_location of kafka_connector",
  "ssl.ca.pem": "ssl_ca_location of kafka_connector",
  "ssl.certificate.location": "ssl_cert_location of kafka_connector",
  "ssl.certificate.pem": "ssl_cert_location of kafka_connector",
  "ssl.key.location": "ssl_key_location of kafka_connector",
  "ssl.key.pem": "ssl_key_location of kafka_connector",
  "ssl.key.password": "ssl_key_password of kafka_connector",
  "group.id": "group_id of kafka_consumer",
  "auto.offset.reset": "auto_offset_reset of kafka_consumer",
  "key.deserializer": "value_format of kafka_consumer",
  "value.deserializer": "value_format of kafka_consumer",
  "key.serializer": "value_format of kafka_producer",
  "value.serializer": "value_format of kafka_producer",
  "delivery.timeout.ms": "flush_timeout_s of kafka_producer",
  "message.timeout.ms": "flush_timeout_s of kafka_producer",
};

/** Why a setting is not taken, and what to do instead. */
const REASONS: readonly (readonly [name: RegExp, reason: string])[] = [
  [
    /^ssl\.truststore\./,
    "stores (JKS, PKCS12) are not supported: give the authorities as PEM in ssl_ca_location " +
    "(a PKCS12 store: openssl pkcs12 -in store.p12 -nokeys -out ca.pem; a JKS store first: keytool -importkeystore " +
    "-srckeystore store.jks -destkeystore store.p12 -deststoretype PKCS12)",
  ],
  [
    /^ssl\.keystore\./,
    "stores (JKS, PKCS12) are not supported: give PEM files in ssl_cert_location and ssl_key_location " +
    "(a PKCS12 store: openssl pkcs12 -in store.p12 -clcerts -nokeys -out cert.pem, then openssl pkcs12 -in store.p12 " +
    "-nocerts -out key.pem; a JKS store first: keytool -importkeystore -srckeystore store.jks -destkeystore store.p12 " +
    "-deststoretype PKCS12)",
  ],
  [/^sasl\.kerberos\./, "Kerberos is not supported: use PLAIN or SCRAM"],
  [/^sasl\.(oauthbearer|login)\./, "OAUTHBEARER is not supported: use PLAIN or SCRAM"],
  [/^enable\.ssl\.certificate\.verification$/, "certificates are always verified: set ssl_ca_location"],
  [
    /^(ssl\.(cipher|curves|sigalgs|protocol|enabled|provider)|ssl\.crl)/,
    "the TLS library's own choice is used",
  ],
  [
    /^group\.instance\.id$/,
    "static membership is not supported: leave it out (a job that starts again is a new member of its group)",
  ],
  [/^group\.protocol$/, "only the classic group protocol is supported"],
  [
    /^partition\.assignment\.strategy$/,
    "partitions are shared out by range, which is the default of Kafka's clients",
  ],
  [/^(transactional\.id|transaction\.timeout\.ms)$/, "transactions are not supported"],
  [/^(schema\.registry\.|avro\.|protobuf\.)/, "Avro, Protobuf and schema registries are not supported"],
  [
    /^(auto\.commit\.|enable\.auto\.offset\.store|auto\.offset\.commit)/,
    "offsets are committed when their messages are done, never by time",
  ],
  [
    /^max\.poll\.records$/,
    "there are no polls to limit: messages are handed out one at a time, as the processor takes them",
  ],
  [/^(retries|message\.send\.max\.retries)$/, "sends are tried again until flush_timeout_s"],
  [
    /^(linger\.ms|queue\.buffering\.|batch\.size|batch\.num\.messages|buffer\.memory|max\.block\.ms)/,
    "what is sent while a request is under way goes into the next one; nothing waits for more",
  ],
  [/^partitioner/, "keys are always spread as Java's client does (murmur2)"],
  [
    /^(interceptor\.classes|metric\.reporters|statistics\.interval\.ms|.*\.cb)$/,
    "there are no plug-ins of the client",
  ],
  [/^debug$/, "set the log level to DEBUG, and KAFKAJS_LOG_LEVEL=DEBUG to see single requests"],
];

/** Why a setting that Kafka knows is not taken here; undefined for one that is not known. */
export function refusalOf(name: string): string | undefined {
  if (Object.hasOwn(PARAMETERS, name)) return `set parameter ${PARAMETERS[name]} instead`;
  return REASONS.find(([pattern]) => pattern.test(name))?.[1];
}
