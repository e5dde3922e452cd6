/** A listener beside the plain one, for tests of security. */
export interface ListenerOptions {
  /** Key of its address in {@link Broker.listeners}. */
  readonly name: string;
  readonly protocol: "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL";
  /** SASL mechanisms by Kafka's names, such as `SCRAM-SHA-512`. */
  readonly mechanisms?: readonly string[];
  /** What the broker shows and whom it trusts, as PEM texts; its key unencrypted (PKCS#8). */
  readonly tls?: {
    /** The broker's certificate, followed by those between it and the authority. */
    readonly certificate: string;
    readonly key: string;
    /** Authorities of the clients' certificates. */
    readonly clientAuthorities?: string;
    readonly clientAuth?: "none" | "requested" | "required";
  };
  /** The port that clients are told, where it is not the listener's own: that of a proxy before it. */
  readonly advertisedPort?: number;
  /** Further properties of this listener, without their prefix `listener.name.NAME.`. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** Somebody who may log in: for PLAIN on every listener that has it, for SCRAM in the cluster's own store. */
export interface BrokerUser {
  readonly username: string;
  readonly password: string;
  readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
}

/** How a broker is set up. */
export interface BrokerOptions {
  /** Partitions of a topic that is made by its first use. Default 3. */
  readonly partitions?: number;
  /** Broker properties by Kafka's names; they win over ours. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly listeners?: readonly ListenerOptions[];
  readonly users?: readonly BrokerUser[];
  /** Heap in MiB. Default 256. */
  readonly heapMb?: number;
}

export const ENGINES = ["container", "jvm"] as const;

/** What a broker of ours runs in. */
export type Engine = typeof ENGINES[number];

/** A broker that belongs to this process: it is gone when this process is, even by SIGKILL. */
export interface Broker extends AsyncDisposable {
  readonly engine: Engine;
  /** `host:port` of the listener without security. */
  readonly bootstrap: string;
  /** `host:port` of the further listeners, by their names. */
  readonly listeners: Readonly<Record<string, string>>;
  /** Holds it still (SIGSTOP, or the engine's pause): connections stay open and nothing answers. */
  pause(): Promise<void>;
  /** Lets it go on after {@link Broker.pause}. */
  resume(): Promise<void>;
  /** Ends it in order (SIGTERM); its data stay. */
  stop(): Promise<void>;
  /** Ends it as a power cut does (SIGKILL); its data stay. */
  kill(): Promise<void>;
  /** Starts it after {@link Broker.stop} or {@link Broker.kill}, on the same ports and data; resolves when it answers. */
  restart(): Promise<void>;
  /** The last lines of its log. */
  logTail(): Promise<string>;
}

/** Several brokers that are one Kafka, and belong to this process. Each may be paused, ended and started by itself. */
export interface Cluster extends AsyncDisposable {
  readonly engine: Engine;
  /** `host:port` of all brokers, separated by commas. */
  readonly bootstrap: string;
  /** In the order of their node ids, which begin with 1. */
  readonly brokers: readonly Broker[];
}

/** How each broker of a cluster is set up, by its node id. What is not of one broker must be alike in all. */
export type NodeOptions = (nodeId: number) => BrokerOptions;
