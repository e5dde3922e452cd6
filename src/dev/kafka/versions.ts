/** Kafka's version from Maven, for the JVM. */
export const KAFKA_VERSION = "4.4.0";

/** Without a binding of slf4j the broker ends without a word. */
export const LOG4J_VERSION = "2.25.5";

/** The image where DATAPY_KAFKA_IMAGE names none. */
export const DEFAULT_IMAGE = "apache/kafka:4.1.0";

/** Kafka 4 needs it. */
export const MINIMUM_JAVA = 17;

/** The port that context files name. */
export const PREFERRED_PORT = 9092;
