/**
 * Users who may log in but lack an ACL: each refusal of the broker ends the job at once as a configuration error, which
 * names the topic or the group and what to ask for. Nothing is processed, nothing is committed.
 */
import assert from "node:assert/strict";
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from "kafkajs";
import { type KafkaConnection, runMod, StreamController } from "../../mod.ts";
import { errorText, kindOf } from "../../src/core/errors.ts";
import { closeResources } from "../../src/core/resources.ts";
import type { Broker } from "../../src/dev/kafka/broker.ts";
import { exitCodeOf } from "../../src/job/exit_codes.ts";
import { dedicatedBroker } from "../support/broker.ts";
import { waitFor, within } from "../support/wait_for.ts";
import { Bed } from "./support/bed.ts";

/** An ACL: operation, kind of resource, its name. */
type Acl = readonly [operation: "READ" | "WRITE" | "DESCRIBE", resource: "TOPIC" | "GROUP", name: string];

const OTHER = "authorised";
const TOPIC = "not-authorised";

const USERS: Readonly<Record<string, readonly Acl[]>> = {
  /** May do nothing at all. */
  stranger: [],
  /** May use every group, and one topic. */
  member: [["READ", "GROUP", "*"], ["READ", "TOPIC", OTHER], ["WRITE", "TOPIC", OTHER]],
  /** The same, and may see the topic. */
  spectator: [["READ", "GROUP", "*"], ["DESCRIBE", "TOPIC", TOPIC], ["READ", "TOPIC", OTHER]],
  /** May read and see the topic, in no group. */
  loner: [["READ", "TOPIC", TOPIC]],
  /** The same, and may see what the groups have committed. */
  onlooker: [["READ", "TOPIC", TOPIC], ["DESCRIBE", "GROUP", "*"]],
};

const PASSWORD = "its-secret";

/** A broker that asks for ACLs on its listener `login`; who comes by the plain one may do everything. */
async function withAuthorizer(test: (bed: Bed, broker: Broker) => Promise<void>): Promise<void> {
  await using broker = await dedicatedBroker({
    users: Object.keys(USERS).map((username) => ({ username, password: PASSWORD, mechanism: "PLAIN" })),
    listeners: [{ name: "login", protocol: "SASL_PLAINTEXT", mechanisms: ["PLAIN"] }],
    properties: {
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users": "User:ANONYMOUS",
    },
  });
  await Bed.with(broker.bootstrap, async (bed) => {
    for (const topic of [TOPIC, OTHER]) {
      await bed.admin.createTopic(topic, 1);
      await bed.send(topic, 3);
    }
    await grant(broker.bootstrap);
    await test(bed, broker);
  });
}

async function grant(bootstrap: string): Promise<void> {
  const admin = new Kafka({ brokers: [bootstrap], clientId: "datapy-test", logLevel: logLevel.NOTHING })
    .admin();
  await admin.connect();
  try {
    await admin.createAcls({
      acl: Object.entries(USERS).flatMap(([user, acls]) =>
        acls.map(([operation, resource, resourceName]) => ({
          principal: `User:${user}`,
          host: "*",
          permissionType: AclPermissionTypes.ALLOW,
          operation: AclOperationTypes[operation],
          resourceType: AclResourceTypes[resource],
          resourceName,
          resourcePatternType: ResourcePatternTypes.LITERAL,
        }))
      ),
    });
    const all = {
      resourceType: AclResourceTypes.ANY,
      resourcePatternType: ResourcePatternTypes.ANY,
      operation: AclOperationTypes.ANY,
      permissionType: AclPermissionTypes.ANY,
    };
    const there = async () => (await admin.describeAcls(all)).resources.flatMap(({ acls }) => acls).length;
    await waitFor(
      async () => await there() === Object.values(USERS).flat().length,
      "the broker to know the ACLs",
    );
  } finally {
    await admin.disconnect();
  }
}

async function connect(broker: Broker, sasl_username: string): Promise<KafkaConnection> {
  const { artifacts } = await runMod("kafka_connector", {
    bootstrap_servers: broker.listeners.login!,
    security_protocol: "SASL_PLAINTEXT",
    sasl_username,
    sasl_password: PASSWORD,
  });
  return artifacts.connection;
}

/** The work fails within the bound, by the job's fault, and says this. It is stopped where it does not. */
async function refused(
  work: (controller: StreamController) => Promise<unknown>,
  says: RegExp,
): Promise<void> {
  using controller = new StreamController();
  const ended = work(controller).then(() => new Error("it was not refused"), (error) => error);
  const error = await within(ended, "the refusal").finally(() => (controller.requestStop(), ended));
  assert.match(errorText(error), says);
  assert.equal(kindOf(error), "configuration", errorText(error));
  assert.equal(exitCodeOf(error), 78);
  assert.doesNotMatch(errorText(error), /its-secret/);
}

const topicRefused = new RegExp(
  `topic "${TOPIC}"\\)?: the user is not authorised for the topic \\(ask for an ACL: READ and DESCRIBE to consume, ` +
    "WRITE and DESCRIBE to produce",
);
const groupRefused = (group: string) =>
  new RegExp(`group "${group}": the user is not authorised .* \\(ask for an ACL with READ on the group`);

Deno.test("A consumer or producer without an ACL ends as a configuration error that says which", (t) =>
  withAuthorizer(async (bed, broker) => {
    /** Its group, of which nothing is committed but what the test says. */
    const consume = async (
      user: string,
      topics: readonly string[],
      says: (group: string) => RegExp,
      at?: bigint,
    ) => {
      const group = bed.group();
      if (at !== undefined) await bed.admin.commit(group, TOPIC, 0, at);
      const connection = await connect(broker, user);
      await refused((controller) =>
        runMod("kafka_consumer", {
          connection,
          topics: [...topics],
          group_id: group,
          controller,
          message_processor: () => assert.fail("a message was handed out"),
        }), says(group));
      assert.equal((await bed.admin.committed(group, TOPIC)).get(0), at, "nothing was committed");
      const other = (await bed.admin.committed(group, OTHER)).get(0) ?? 0n;
      assert.equal(other, 0n, "no more than the position where it would have begun");
    };
    /** What the others are refused, where the ACLs are there. */
    const allowed = async () => {
      const connection = await connect(broker, "member");
      await runMod("kafka_producer", { connection, topic: OTHER, data: { a: 1 } });
      using controller = new StreamController();
      let messages = 0;
      const consuming = runMod("kafka_consumer", {
        connection,
        topics: [OTHER],
        group_id: bed.group(),
        controller,
        message_processor() {
          if (++messages === 4) controller.requestStop();
          return { status: "success" };
        },
      });
      const { artifacts } = await within(consuming, "four messages").finally(() => controller.requestStop());
      assert.equal(artifacts.stats.processed, 4);
    };
    const cases: readonly [name: string, run: () => Promise<void>][] = [
      ["sending and consuming with what is needed", allowed],
      ["consuming a topic that it may not see", () => consume("stranger", [TOPIC], () => topicRefused)],
      [
        "consuming two topics, of which it may see one",
        () => consume("member", [OTHER, TOPIC], () => topicRefused),
      ],
      ["consuming a topic that it may only see", () => consume("spectator", [TOPIC], () => topicRefused)],
      [
        "consuming two topics, of which it may read one",
        () => consume("spectator", [OTHER, TOPIC], () => topicRefused),
      ],
      [
        "consuming a topic that it may no longer read",
        () => consume("spectator", [TOPIC], () => topicRefused, 1n),
      ],
      ["dead letters to a topic that it may only see", async () => {
        const connection = await connect(broker, "spectator"); // who may not know the topic's settings either
        const group = bed.group();
        await refused((controller) =>
          runMod("kafka_consumer", {
            connection,
            topics: [OTHER],
            group_id: group,
            controller,
            dead_letter_topic: TOPIC,
            message_processor() {
              throw new Error("bad");
            },
          }), topicRefused);
        assert.equal(
          (await bed.admin.committed(group, OTHER)).get(0) ?? 0n,
          0n,
          "the message is not committed",
        );
      }],
      ["a group that it may not see", () => consume("loner", [TOPIC], groupRefused)],
      ["a group that it may only see", () => consume("onlooker", [TOPIC], groupRefused)],
      ...["stranger", "spectator"].map((user) =>
        [`producing, as the ${user}`, async () => {
          const connection = await connect(broker, user);
          await refused(
            () => runMod("kafka_producer", { connection, topic: TOPIC, data: { a: 1 } }),
            topicRefused,
          );
        }] as [string, () => Promise<void>]
      ),
    ];
    try {
      for (const [name, run] of cases) await t.step(name, run);
      assert.deepEqual(await bed.admin.endOffsets(TOPIC), new Map([[0, 3n]]), "nothing was written");
    } finally {
      assert.deepEqual(await closeResources(5_000), []);
    }
  }));
