/** Whose fault an error code of a broker is, and so the class that it becomes. */
export type Fault = "unavailable" | "configuration" | "permanent" | "lost";

/** An explained failure: whose fault, why, and what to do about it. */
export interface Explanation {
  readonly fault: Fault;
  readonly why: string;
  /** What the user can do; empty where there is nothing to do. */
  readonly todo?: string;
}

const lost = (why: string): Explanation => ({ fault: "lost", why });
const wait = (why: string): Explanation => ({ fault: "unavailable", why });
const fix = (why: string, todo: string): Explanation => ({ fault: "configuration", why, todo });
const refuse = (why: string, todo: string): Explanation => ({ fault: "permanent", why, todo });

/**
 * Kafka's error codes by the names that kafkajs gives them (src/protocol/error.js). What is not in here counts as
 * unavailable: it is tried again, and ends the job when it lasts.
 */
export const PROTOCOL_ERRORS: Readonly<Record<string, Explanation>> = {
  UNKNOWN_MEMBER_ID: lost("the group no longer knows this member, which was silent for too long"),
  ILLEGAL_GENERATION: lost("the group has redistributed its partitions meanwhile"),
  REBALANCE_IN_PROGRESS: lost("the group is redistributing its partitions"),
  FENCED_INSTANCE_ID: lost("another member has taken this one's place"),
  TOPIC_AUTHORIZATION_FAILED: fix(
    "the user is not authorised for the topic",
    "ask for an ACL: READ and DESCRIBE to consume, WRITE and DESCRIBE to produce",
  ),
  GROUP_AUTHORIZATION_FAILED: fix(
    "the user is not authorised for the consumer group",
    "ask for an ACL with READ on the group, or use another group_id",
  ),
  CLUSTER_AUTHORIZATION_FAILED: fix(
    "the user is not authorised for this operation on the cluster",
    "ask for an ACL on the cluster",
  ),
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: fix(
    "the user is not authorised for the transactional id",
    "ask for an ACL",
  ),
  UNKNOWN_TOPIC_OR_PARTITION: fix(
    "there is no such topic, or it is hidden from this user",
    "create the topic, or correct its name",
  ),
  INVALID_TOPIC_EXCEPTION: fix(
    "the name of the topic is not valid",
    "a name has at most 249 letters, digits, '.', '_' and '-'",
  ),
  INVALID_GROUP_ID: fix("group_id is not valid", "give a group_id that is not empty"),
  INVALID_SESSION_TIMEOUT: fix(
    "the broker does not accept the session timeout",
    "set session.timeout.ms between the broker's group.min.session.timeout.ms (6000 by default) and " +
      "group.max.session.timeout.ms (1800000 by default)",
  ),
  INCONSISTENT_GROUP_PROTOCOL: fix(
    "the group's other members use another protocol or another way of assigning partitions",
    "stop the other members, or use another group_id",
  ),
  GROUP_MAX_SIZE_REACHED: fix(
    "the group has as many members as the broker allows",
    "run fewer consumers, or raise the broker's group.max.size",
  ),
  UNSUPPORTED_SASL_MECHANISM: fix(
    "the broker does not offer this SASL mechanism",
    "set sasl_mechanism to one that the listener has enabled",
  ),
  ILLEGAL_SASL_STATE: fix(
    "the broker does not expect a login on this port",
    "set security_protocol to PLAINTEXT or SSL, or use the port of a SASL listener",
  ),
  SASL_AUTHENTICATION_FAILED: fix(
    "the broker refused the login",
    "check sasl_username, sasl_password and sasl_mechanism",
  ),
  UNSUPPORTED_VERSION: fix(
    "the broker does not speak a version of the protocol that kafkajs knows",
    "use a broker from 2.1 to 4.x",
  ),
  UNSUPPORTED_COMPRESSION_TYPE: fix(
    "the broker does not support the compression type",
    "choose another compression.type",
  ),
  INVALID_REQUIRED_ACKS: fix("the broker does not accept this value of acks", "leave acks at all"),
  POLICY_VIOLATION: fix("a policy of the cluster forbids it", "ask who runs the cluster"),
  OFFSET_METADATA_TOO_LARGE: fix("the metadata of the commit is too large", "report this as a bug"),
  MESSAGE_TOO_LARGE: refuse(
    "the record is larger than the broker accepts",
    "raise max.message.bytes of the topic, or send less",
  ),
  RECORD_LIST_TOO_LARGE: refuse(
    "the record is larger than the topic's segments",
    "raise segment.bytes of the topic, or send less",
  ),
  INVALID_RECORD: refuse(
    "the broker's check of the record failed",
    "a compacted topic takes no record without a key",
  ),
  INVALID_TIMESTAMP: refuse("the record's timestamp is out of the range that the topic accepts", ""),
  NOT_ENOUGH_REPLICAS: wait("fewer replicas are in sync than min.insync.replicas asks for"),
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: wait("fewer replicas are in sync than min.insync.replicas asks for"),
  LEADER_NOT_AVAILABLE: wait("the partition has no leader now"),
  NOT_LEADER_FOR_PARTITION: wait("the partition's leader has changed"),
  GROUP_COORDINATOR_NOT_AVAILABLE: wait("the group has no coordinator now"),
  GROUP_LOAD_IN_PROGRESS: wait("the group's coordinator is still starting"),
  NOT_COORDINATOR_FOR_GROUP: wait("the group's coordinator has moved"),
  REQUEST_TIMED_OUT: wait("the replicas did not answer in time"),
  OFFSET_OUT_OF_RANGE: wait("the log no longer has, or does not yet have, this offset"),
};
