import { KafkajsBroker } from "../../deps/kafkajs.ts";
import type { Socket } from "node:net";

/** The part of kafkajs' brokers that is mended here (src/broker/index.js). */
interface HalfConnected {
  readonly connectionPool: { readonly pool: readonly { readonly socket?: Socket }[] };
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

const { prototype } = KafkajsBroker as unknown as { readonly prototype: HalfConnected };
const { isConnected, connect } = prototype;

/** Brokers that have told what they speak, and accepted the login. */
const setUp = new WeakSet<HalfConnected>();

/**
 * kafkajs takes a broker for connected once its socket is. Until the broker has told what it speaks, each request to it
 * then fails with "Broker not connected"; and if it hangs and never tells, nothing connects it again. Here it counts as
 * connected when it is set up, so that others wait for that.
 */
prototype.isConnected = function (this: HalfConnected): boolean {
  return setUp.has(this) && isConnected.call(this);
};

/** What could not be set up is closed: the next attempt begins with a new socket. */
prototype.connect = async function (this: HalfConnected): Promise<void> {
  try {
    await connect.call(this);
    setUp.add(this);
  } catch (error) {
    const closed = this.disconnect().catch(() => {});
    // what failed is closed by the next turn; the connection for fetches may have an answer to wait for
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve))]);
    this.connectionPool.pool[0]?.socket?.removeAllListeners("end"); // heard late, it would end the next socket
    throw error;
  }
};
