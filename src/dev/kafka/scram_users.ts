import { pbkdf2Sync, randomBytes } from "node:crypto";
import { UnavailableError } from "../../core/errors.ts";
import type { BrokerUser } from "./broker.ts";
import type { Tools } from "../shared/tools.ts";

/** Kafka's number of a mechanism, and the hash behind it. */
const MECHANISMS = {
  "SCRAM-SHA-256": { id: 1, hash: "sha256", length: 32 },
  "SCRAM-SHA-512": { id: 2, hash: "sha512", length: 64 },
} as const;

const ITERATIONS = 4096;
const DESCRIBE = 50;
const ALTER = 51;

/**
 * Lets users log in by SCRAM, over the listener without security. By Kafka's own protocol: its tools are not in every
 * image, and formatting, which could do it too, is the image's own affair. Resolves when the broker knows them.
 */
export async function addScramUsers(tools: Tools, port: number, users: readonly BrokerUser[]): Promise<void> {
  const scram = users.filter((user) => user.mechanism !== "PLAIN");
  if (scram.length === 0) return;
  const answer = await tools.ports.ask("127.0.0.1", port, alterRequest(scram), 10_000);
  // length, correlation id, tags, throttle time, number of results plus one; of the first its name and error code
  const nameLength = (answer[14] ?? 1) - 1;
  const errorCode = new DataView(answer.buffer, answer.byteOffset).getInt16(15 + nameLength);
  if (errorCode !== 0) {
    throw new UnavailableError(`Cannot add SCRAM users: Kafka's error code is ${errorCode}`);
  }
  const deadline = tools.clock.now() + 10_000;
  while (!await knowsAll(tools, port, scram)) {
    if (tools.clock.now() > deadline) {
      throw new UnavailableError("Cannot add SCRAM users: they did not appear");
    }
    await tools.clock.sleep(30);
  }
}

async function knowsAll(tools: Tools, port: number, users: readonly BrokerUser[]): Promise<boolean> {
  const everyone = [0, 0]; // no list of users, no tags
  const answer = await tools.ports.ask(
    "127.0.0.1",
    port,
    request(DESCRIBE, new Uint8Array(everyone)),
    10_000,
  );
  const text = new TextDecoder("latin1").decode(answer);
  return users.every((user) => text.includes(user.username));
}

/** AlterUserScramCredentials, version 0: nothing to delete, and the users' salted passwords. */
export function alterRequest(users: readonly BrokerUser[]): Uint8Array {
  const upserts = users.flatMap((user) => {
    if (user.mechanism === "PLAIN") return [];
    const { id, hash, length } = MECHANISMS[user.mechanism];
    const salt = randomBytes(16);
    const salted = pbkdf2Sync(user.password, salt, ITERATIONS, length, hash);
    const name = new TextEncoder().encode(user.username);
    return [
      ...compact(name),
      id,
      0,
      0,
      ITERATIONS >> 8,
      ITERATIONS & 0xff,
      ...compact(salt),
      ...compact(salted),
      0,
    ];
  });
  return request(ALTER, new Uint8Array([1, users.length + 1, ...upserts, 0]));
}

/** Bytes in the compact form: their length plus one as a varint, of one byte as long as it is below 127. */
const compact = (bytes: Uint8Array) => {
  if (bytes.length > 126) throw new RangeError(`Cannot add a SCRAM user: a name of ${bytes.length} bytes`);
  return [bytes.length + 1, ...bytes];
};

/** A request of version 0 with the flexible header: length, key, version, correlation id, no client id, no tags. */
function request(key: number, body: Uint8Array): Uint8Array {
  const header = [0, key, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0];
  const length = header.length + body.length;
  return new Uint8Array([0, 0, length >> 8, length & 0xff, ...header, ...body]);
}
