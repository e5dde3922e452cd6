import { within } from "../support/wait_for.ts";
import { onServer } from "../support/postgres.ts";
import type { CommitSample } from "./history.ts";
import type { ChaosJob } from "./job.ts";
import type { MemorySample } from "./memory.ts";
import type { Orders } from "./orders.ts";
import type { Consumers } from "./consumers.ts";
import type { Scene } from "./scene.ts";
import { Stalls } from "./stalls.ts";

const LOOK_MS = 1_000;
const MEMORY_MS = 5_000;
const ASK_BOUND_MS = 20_000;

/** A consumer that was dropped by half-open connections waits for 30 s of a request's patience before it asks anew. */
const PATIENCE = { calmMs: 45_000, anyMs: 180_000 };

/** What a monitor looks at. */
export interface Watched {
  readonly scene: Scene;
  readonly job: ChaosJob;
  readonly consumers: Consumers;
  /** Not there yet before the first order is sent. */
  readonly orders: () => Orders | undefined;
  /** Faults that last now. */
  readonly active: () => readonly string[];
}

/** Looks at the run from outside, again and again: what moves, what is committed, what memory it takes. */
export class Monitor {
  /** Rows of audit, roughly. */
  processed = 0;
  readonly #counts: { readonly at: number; readonly processed: number }[] = [];
  readonly commits: CommitSample[] = [];
  readonly stalls = new Stalls(PATIENCE);
  readonly memory = new Map<string, MemorySample[]>();
  readonly #watched: Watched;
  readonly #over = new AbortController();
  readonly #begin = performance.now();
  readonly #loops: Promise<unknown>;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#loops = Promise.all([
      this.#repeat(LOOK_MS, (passedMs) => this.#lookAtProgress(passedMs)),
      this.#repeat(LOOK_MS, () => this.#lookAtCommits()),
      this.#repeat(MEMORY_MS, () => this.#lookAtMemory()),
    ]);
  }

  /** How many were processed in the last milliseconds, roughly, and rather more. */
  processedWithin(ms: number): number {
    const from = performance.now() - ms;
    return this.processed - (this.#counts.findLast(({ at }) => at <= from)?.processed ?? 0);
  }

  async stop(): Promise<void> {
    this.#over.abort();
    await this.#loops;
  }

  /** One loop each: a broker that does not answer holds up only those who ask it. What fails now is asked again later. */
  async #repeat(everyMs: number, look: (passedMs: number) => Promise<void>): Promise<void> {
    for (let last = performance.now(); !this.#over.signal.aborted;) {
      const now = performance.now();
      await look(now - last).catch(() => {});
      last = now;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async #lookAtProgress(passedMs: number): Promise<void> {
    const { scene, orders, active } = this.#watched;
    const lasts = [...orders()?.last ?? []];
    const before = active();
    const all = await onServer(
      scene.server.url,
      `SELECT p, (SELECT max("at") FROM audit WHERE partition = p), (SELECT last_value FROM audit_n)
       FROM generate_series(0, 63) AS p`,
    ).catch(() => undefined);
    const ends = new Map(all?.map(([partition, at]) => [Number(partition), at === null ? -1 : Number(at)]));
    if (all !== undefined) {
      this.processed = Number(all[0]?.[2] ?? 0);
      this.#counts.push({ at: performance.now(), processed: this.processed });
    }
    const glances = all === undefined
      ? []
      : lasts.map(([partition, last]) => ({ partition, last, processed: ends.get(partition) ?? -1 }));
    this.stalls.look(glances, passedMs, [...before, ...active()], performance.now() - this.#begin);
  }

  async #lookAtCommits(): Promise<void> {
    const { scene: { admin, server }, job: { group, topic, dead_letter_topic } } = this.#watched;
    const atMs = Math.round(performance.now() - this.#begin);
    const committed = await within(admin.committed(group, topic), "committed offsets", ASK_BOUND_MS);
    const [[rows] = []] = await onServer(server.url, "SELECT last_value FROM audit_n");
    const ends = await within(admin.endOffsets(dead_letter_topic), "dead letters", ASK_BOUND_MS);
    const letters = Object.fromEntries([...ends].map(([partition, end]) => [partition, Number(end)]));
    for (const [partition, offset] of committed) {
      this.commits.push({ atMs, partition, offset: Number(offset), rows: Number(rows), letters });
    }
  }

  async #lookAtMemory(): Promise<void> {
    const live = this.#watched.consumers.live.filter(({ frozen }) => !frozen);
    if (live.length === 0) return;
    // by a shell: Deno reads /proc only where it may do everything
    const script = 'for pid; do echo "$pid $(grep VmRSS /proc/$pid/status)"; done 2>/dev/null';
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", script, "sh", ...live.map(({ process }) => String(process.pid))],
      stderr: "null",
    }).output();
    const resident = new Map(
      [...new TextDecoder().decode(stdout).matchAll(/^(\d+) VmRSS:\s+(\d+) kB$/gm)].map((
        [, pid, kib],
      ) => [Number(pid), Number(kib) / 1024]),
    );
    for (const { name, process, startedAt } of live) {
      const mib = resident.get(process.pid);
      if (mib === undefined) continue;
      const samples = this.memory.get(name) ?? [];
      samples.push({ at: performance.now() - startedAt, mib });
      this.memory.set(name, samples);
    }
  }
}
