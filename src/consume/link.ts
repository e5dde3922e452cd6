import type { Assignment, ConsumerEvents, ConsumerSession, SessionStep } from "../kafka/driver.ts";
import { within } from "../runtime/clock.ts";
import { Committer, type CommitterPorts } from "./committer.ts";
import type { ConsumeSettings } from "./settings.ts";
import type { WatchedStep } from "./watchdog.ts";

/** What a link needs: what its committer does, and more. */
export interface LinkPorts extends Omit<CommitterPorts, "session" | "recoveryTimeoutMs"> {
  readonly settings: ConsumeSettings;
  /** Who hears the session, until the link is cut. */
  readonly events: ConsumerEvents;
}

/** Bound of closing a session, in milliseconds: a driver promises five seconds. */
export const CLOSE_MS = 6_000;

/**
 * One session with the group, and the commits by it. What a link says after it was cut finishes into nothing: so that
 * another one can take its place whatever became of it.
 */
export class Link {
  readonly #ports: LinkPorts;
  #session: ConsumerSession | undefined;
  #committer: Committer | undefined;
  #isCut = false;

  constructor(ports: LinkPorts) {
    this.#ports = ports;
  }

  /** Whether there is a session: before, nothing is handed out. */
  get isOpen(): boolean {
    return this.#session !== undefined;
  }

  /** Begins a session; resolves when there is one, or when the link was cut meanwhile. */
  async open(): Promise<void> {
    const { settings: { connection, options, errors } } = this.#ports;
    const session = await connection.driver.consume(connection.config, options, this.#events())
      .catch((error) => {
        if (!this.#isCut) throw error;
      });
    if (session === undefined) return;
    if (this.#isCut) return await session.close(); // nobody waits for it any more
    this.#session = session;
    this.#committer = new Committer({
      ...this.#ports,
      session,
      recoveryTimeoutMs: errors.recoveryTimeoutMs,
    });
  }

  /** When the last commit began; undefined where none can. */
  get lastCommitAt(): number | undefined {
    return this.#committer?.lastAt;
  }

  /** Commits what is finished now. Never rejects. */
  async flush(): Promise<void> {
    await this.#committer?.flush();
  }

  /** Pauses or resumes a partition. */
  flow(change: "pause" | "resume", assignment: Assignment): void {
    this.#session?.[change](assignment);
  }

  /** What the session waits for now. */
  underWay(): readonly SessionStep[] {
    const { topics } = this.#ports.settings.options;
    if (this.#session !== undefined) return this.#session.underWay();
    return [{ id: "session", step: "connect", waitsFor: `a session for ${topics.join(", ")}`, moves: 0 }];
  }

  /** The commit that is on its way. */
  get commit(): WatchedStep | undefined {
    const moves = this.#committer?.asking;
    if (moves === undefined) return undefined;
    const { groupId } = this.#ports.settings.options;
    return { id: "commit", step: "commit", waitsFor: `the answer of group "${groupId}" to a commit`, moves };
  }

  /** Why the brokers count as out of reach now. */
  get outage(): string | undefined {
    return this.#session?.outage ?? this.#committer?.problem;
  }

  /** Begins no commit any more; one that is on its way goes on. */
  endCommits(): void {
    this.#committer?.close();
  }

  /** Closes the session; whether it has closed within {@link CLOSE_MS}. Never rejects. */
  async close(): Promise<boolean> {
    if (this.#session === undefined) this.#isCut = true; // one that comes later is closed at once
    const closing = this.#session?.close();
    return closing === undefined || await within(this.#ports.clock, CLOSE_MS, closing);
  }

  /** Hears nothing of the session any more, lets go of who waits for a commit, and closes it as {@link Link.close} does. */
  async cut(): Promise<boolean> {
    this.#isCut = true;
    this.#committer?.abandon();
    return await this.close();
  }

  #events(): ConsumerEvents {
    const { events } = this.#ports;
    const unlessCut = (event: () => void) => this.#isCut ? undefined : event();
    return {
      assigned: (partitions) => unlessCut(() => events.assigned(partitions)),
      records: (fetched) => unlessCut(() => events.records(fetched)),
      revoking: async (partitions) => {
        if (!this.#isCut) await events.revoking(partitions);
      },
      lost: (partitions, reason) => unlessCut(() => events.lost(partitions, reason)),
      crashed: (error) => unlessCut(() => events.crashed(error)),
      outageBegan: (why) => unlessCut(() => events.outageBegan?.(why)),
      outageOver: (ms) => unlessCut(() => events.outageOver?.(ms)),
    };
  }
}
