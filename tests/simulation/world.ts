import type { Message } from "../../src/consume/message.ts";
import type { MessageProcessor } from "../../src/consume/processor.ts";
import { UnavailableError } from "../../src/core/errors.ts";
import type { Assignment } from "../../src/kafka/driver.ts";
import { MemoryBroker } from "../../src/kafka/memory/broker.ts";
import { MemoryDriver } from "../../src/kafka/memory/driver.ts";
import { partitionKey } from "../../src/kafka/memory/group.ts";
import {
  type Action,
  type Behaviour,
  type CommitFault,
  type Event,
  HEALED_MS,
  type History,
  type LetterFault,
  type Lost,
  type Misbehaviour,
  type Settings,
} from "./history.ts";
import { GROUP, type ProcessWorld, SimulatedProcess } from "./process.ts";
import { type ProcessorWorld, simulatedProcessor } from "./processor.ts";
import { Random } from "./random.ts";
import { ProcessClock, Scheduler } from "./scheduler.ts";
import { Verifier } from "./verifier.ts";
import type { Violation } from "./watch.ts";

/** Steps after which a history is taken for one that does not end. */
const MOST_STEPS = 150_000;
/** What may pass after the faults have stopped until all is committed, beside the bounds that are set. */
const PATIENCE_MS = 120_000;

/** What came of a history. */
export interface Result {
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
  readonly steps: number;
  /** How many messages there were, and how often one was begun. */
  readonly attempts: number;
}

const isMisbehaviour = (event: Event | Misbehaviour): event is Misbehaviour => event.do === "misbehave";

/** Plays a history to its end, or to the first law that is broken. */
export async function play(history: History): Promise<Result> {
  return await new World(history).play();
}

/** The brokers, the processes and what befalls them. */
class World implements ProcessWorld, ProcessorWorld {
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly verifier: Verifier;
  readonly memory: MemoryDriver;
  readonly #events: readonly Event[];
  readonly #processes: SimulatedProcess[] = [];
  readonly #misbehaviours = new Map<string, { left: number; readonly how: readonly Behaviour[] }>();
  readonly #commitFaults: CommitFault[] = [];
  readonly #stragglers: number[] = [];
  readonly #letterFaults: LetterFault[] = [];
  readonly #losses = { commit: 0, answer: 0, close: 0 };
  readonly #names = new Map<number, number>();
  readonly #connectFaults: { ms: number; fails: boolean; late: boolean }[] = [];
  readonly #holds = new Map<string, Disposable>();
  readonly #partitions: { readonly topic: string; readonly partition: number }[] = [];
  #out = 0;
  #healed = false;
  #replacing = false;
  #acceptedSeen = 0;
  #attempts = 0;

  constructor(history: History) {
    this.settings = history.settings;
    this.scheduler = new Scheduler(new Random(`${history.seed}/order`));
    this.#events = history.events.filter((event) => !isMisbehaviour(event));
    this.verifier = new Verifier(this.settings, this.scheduler, (count) => this.#observed(count));
    const broker = new MemoryBroker({
      clock: new ProcessClock(this.scheduler),
      maxFetchRecords: this.settings.maxFetchRecords,
      turn: this.scheduler.turn,
    });
    this.memory = new MemoryDriver(broker);
    this.settings.partitions.forEach((count, i) => {
      const topic = `t${i}`;
      broker.createTopic(topic, count);
      for (let partition = 0; partition < count; partition++) this.#partitions.push({ topic, partition });
    });
    for (const event of history.events) {
      if (!isMisbehaviour(event)) continue;
      const at = this.#at(event.partition);
      this.#misbehaviours.set(`${partitionKey(at)}@${event.offset}`, {
        left: event.attempts,
        how: event.how,
      });
    }
  }

  async play(): Promise<Result> {
    for (const event of this.#events) {
      if ("ms" in event.at) this.scheduler.after(event.at.ms, () => this.#act(event));
    }
    await this.#steps(() => this.scheduler.now >= HEALED_MS, HEALED_MS);
    if (!this.#isBroken) await this.#end();
    const { violations, trace } = this.verifier.watch;
    return { violations, trace, steps: this.scheduler.steps, attempts: this.#attempts };
  }

  async #end(): Promise<void> {
    this.#heal();
    const { recoveryTimeoutMs, drainTimeoutMs, losesForMs } = this.settings;
    const patience = this.scheduler.now + losesForMs + recoveryTimeoutMs + drainTimeoutMs + PATIENCE_MS;
    await this.#steps(() => this.#caughtUp(), patience);
    if (this.#isBroken) return;
    if (!this.#caughtUp()) return this.#stalled();
    for (const process of this.#processes) this.scheduler.after(0, () => process.isOver || process.stop());
    await this.#steps(
      () => this.#processes.every(({ isOver }) => isOver),
      this.scheduler.now + 20_000 + drainTimeoutMs,
    );
    await this.#steps(() => this.scheduler.waiting === 0, this.scheduler.now + 300_000);
    if (!this.#isBroken) this.#checkEnd();
  }

  get #isBroken(): boolean {
    return this.verifier.watch.violations.length > 0;
  }

  /** Makes steps until something is so, a time is over, or a law is broken. */
  async #steps(done: () => boolean, until: number): Promise<void> {
    while (!this.#isBroken && !done() && this.scheduler.now <= until) {
      if (!await this.scheduler.step()) return;
      this.#seeCommits();
      this.verifier.ends.look();
      if (this.scheduler.steps > MOST_STEPS) {
        this.verifier.watch.broken("end", `${MOST_STEPS} steps, and no end`);
      }
    }
  }

  /** Shows the verifier what the group has accepted, up to the first commit of one of these assignments. */
  #seeCommits(before: ReadonlySet<number> = new Set()): void {
    const commits = this.memory.broker.commits(GROUP);
    for (; this.#acceptedSeen < commits.length; this.#acceptedSeen++) {
      const commit = commits[this.#acceptedSeen] ?? [];
      if (commit.some(({ epoch }) => before.has(epoch))) return;
      for (const { topic, partition, epoch, offset } of commit) {
        this.verifier.partitions.accepted(
          partitionKey({ topic, partition }),
          this.nameOf(epoch),
          Number(offset),
        );
      }
    }
  }

  /** The faults have stopped: what can begin is there, and everything succeeds. */
  #heal(): void {
    this.verifier.watch.note("all faults have stopped");
    this.#healed = true;
    this.#commitFaults.length = 0;
    this.#stragglers.length = 0;
    this.#letterFaults.length = 0;
    this.#connectFaults.length = 0;
    this.#out = 0;
    this.scheduler.after(this.settings.losesForMs, () => this.#loseNone());
    for (const hold of this.#holds.values()) hold[Symbol.dispose]();
    this.#replace();
  }

  #caughtUp(): boolean {
    if (this.#replacing) return false;
    // one that ends by what befell it before is replaced, as its platform would
    if (this.#processes.every(({ isOver }) => isOver)) {
      if (this.settings.autoOffsetReset === "none") return true;
      this.#replace();
    }
    return this.#partitions.every(({ topic, partition }) => {
      const committed = this.memory.broker.group(GROUP).committed({ topic, partition });
      return committed !== null && committed >= this.memory.broker.log(topic, partition).end;
    });
  }

  #stalled(): void {
    const behind = this.#partitions.map(({ topic, partition }) => {
      const committed = this.memory.broker.group(GROUP).committed({ topic, partition });
      return `${topic}/${partition} ${committed} of ${this.memory.broker.log(topic, partition).end}`;
    });
    this.verifier.watch.broken(
      "stall",
      `the faults have stopped, and it does not catch up: ${behind.join(", ")}`,
    );
  }

  #checkEnd(): void {
    const { verifier, scheduler } = this;
    for (const process of this.#processes) {
      if (!process.isOver) verifier.watch.broken("bound", `c${process.model.id} does not end`);
      if (!process.isKilled && process.driver.openSessions > 0) {
        verifier.watch.broken("leak", `the session of c${process.model.id} is open at the end`);
      }
    }
    if (scheduler.waiting > 0) {
      verifier.watch.broken("leak", `${scheduler.waiting} timers are left at the end`);
    }
    if (this.settings.autoOffsetReset === "none") return;
    for (const at of this.#partitions) {
      const missed = verifier.watch.topic(partitionKey(at)).missed(Infinity);
      if (missed !== undefined) {
        verifier.watch.broken("lost", `${partitionKey(at)}@${missed} was never finished`);
      }
    }
  }

  // --- what the processes ask for

  processor(process: SimulatedProcess): MessageProcessor {
    return simulatedProcessor(this, process);
  }

  behaviour(message: Message): Behaviour | undefined {
    this.#attempts++;
    const found = this.#misbehaviours.get(`${partitionKey(message)}@${message.offset}`);
    if (this.#healed || found === undefined || found.left <= 0) return undefined;
    found.left--;
    return found.how[found.left % found.how.length];
  }

  isOut(): boolean {
    return this.#out > 0;
  }

  begins(partitions: readonly Assignment[]): void {
    this.#seeCommits(new Set(partitions.map(({ epoch }) => epoch)));
    for (const at of partitions) this.verifier.partitions.begins(partitionKey(at), Number(at.position));
  }

  commitFault(): CommitFault | undefined {
    if (this.#out > 0) return { kind: "unavailable", beforeMs: 0, afterMs: 0 };
    return this.#commitFaults.shift();
  }

  straggler(): number | undefined {
    return this.#stragglers.shift();
  }

  letterFault(): LetterFault | undefined {
    if (this.#out > 0) return { kind: "unavailable", ms: 0 };
    return this.#letterFaults.shift();
  }

  loses(what: "commit" | "answer" | "close"): boolean {
    return this.#losses[what] > 0 && this.#losses[what]-- > 0;
  }

  nameOf(epoch: number): number {
    let name = this.#names.get(epoch);
    if (name === undefined) this.#names.set(epoch, name = this.#names.size + 1);
    return name;
  }

  connectFault(): { readonly ms: number; readonly fails: boolean; readonly late: boolean } | undefined {
    return this.#connectFaults.shift();
  }

  // --- what befalls them

  #observed(count: number): void {
    for (const event of this.#events) {
      if (!("note" in event.at) || event.at.note !== count) continue;
      let hops = event.at.hops;
      const hop = () => {
        if (hops-- > 0) queueMicrotask(hop);
        else this.#act(event);
      };
      queueMicrotask(hop);
    }
  }

  #join(): void {
    this.#processes.push(new SimulatedProcess(this));
  }

  /** Begins one more process, in a step of its own. */
  #replace(): void {
    if (this.#replacing) return;
    this.#replacing = true;
    this.scheduler.after(0, () => {
      this.#replacing = false;
      this.#join();
    });
  }

  #at(index: number): { readonly topic: string; readonly partition: number } {
    return this.#partitions[index % this.#partitions.length] as { topic: string; partition: number };
  }

  #alive(index: number): SimulatedProcess | undefined {
    const alive = this.#processes.filter(({ isOver }) => !isOver);
    return alive[index % alive.length];
  }

  #act(action: Action): void {
    if (this.#healed || this.#isBroken) return;
    const { at: _at, ...what } = action as Event;
    this.verifier.watch.note(JSON.stringify(what));
    const { broker } = this.memory;
    switch (action.do) {
      case "append":
        return this.#append(action.partition, action.count);
      case "gap": {
        const { topic, partition } = this.#at(action.partition);
        return broker.log(topic, partition).appendGap(action.count);
      }
      case "compact":
        return this.#compact(action.partition, action.back);
      case "truncate":
        return this.#truncate(action.partition, action.keep);
      case "overrun":
        this.#append(action.partition, action.count);
        return this.#truncate(action.partition, action.keep);
      case "join":
        return this.#join();
      case "stop":
        return this.#alive(action.consumer)?.stop();
      case "kill":
        return this.#alive(action.consumer)?.kill(action.noticedAfterMs);
      case "freeze": {
        this.#alive(action.consumer)?.freeze(action.ms);
        return action.dropped ? this.#drop(action.consumer) : undefined;
      }
      case "drop":
        return this.#drop(action.consumer);
      case "crash": {
        const { members } = broker.group(GROUP);
        return members[action.consumer % members.length]?.crash(
          new UnavailableError("the session is broken"),
        );
      }
      case "rebalance":
        return broker.rebalance(GROUP);
      case "add partition":
        return this.#addPartition(`t${action.topic % this.settings.partitions.length}`);
      case "commits":
        return void this.#commitFaults.push(...action.faults);
      case "stragglers":
        for (let i = 0; i < action.count; i++) this.#stragglers.push(action.ms);
        return;
      case "letters":
        return void this.#letterFaults.push(...action.faults);
      case "lose":
        return this.#lose(action.what, action.count);
      case "hold fetches":
        return this.#hold("fetches", () => broker.holdFetches(), action.ms);
      case "hold commits":
        return this.#hold("commits", () => broker.holdCommits(), action.ms);
      case "outage":
        this.#out++;
        this.#hold("fetches", () => broker.holdFetches(), action.ms);
        return void this.scheduler.after(action.ms, () => this.#out = Math.max(0, this.#out - 1));
      case "connects":
        for (let i = 0; i < action.count; i++) {
          this.#connectFaults.push(action);
        }
    }
  }

  #lose(what: Lost, count: number): void {
    this.verifier.ends.lose();
    if (what === "connect" || what === "join" || what === "fetch") {
      this.memory.broker.requests[what].gate.loseNext(count);
    } else this.#losses[what] += count;
  }

  #loseNone(): void {
    const { connect, join, fetch } = this.memory.broker.requests;
    for (const { gate } of [connect, join, fetch]) gate.loseNone();
    Object.assign(this.#losses, { commit: 0, answer: 0, close: 0 });
  }

  #append(index: number, count: number): void {
    const { topic, partition } = this.#at(index);
    for (let i = 0; i < count; i++) {
      const { offset } = this.memory.broker.append(topic, { partition, key: null, value: null, headers: [] });
      this.verifier.watch.topic(partitionKey({ topic, partition })).appended(Number(offset));
    }
  }

  #compact(index: number, back: number): void {
    const at = this.#at(index);
    const log = this.memory.broker.log(at.topic, at.partition);
    const offset = log.end - BigInt(back);
    if (offset < log.beginning) return;
    log.compact(offset);
    this.verifier.watch.topic(partitionKey(at)).compacted(Number(offset));
  }

  #truncate(index: number, keep: number): void {
    const at = this.#at(index);
    const log = this.memory.broker.log(at.topic, at.partition);
    const before = log.end - BigInt(keep);
    if (before <= log.beginning) return;
    this.verifier.watch.topic(partitionKey(at)).truncated(Number(before));
    log.truncate(before);
  }

  #addPartition(topic: string): void {
    const total = this.memory.broker.logs(topic).length + 1;
    if (total > 6) return;
    this.memory.broker.addPartitions(topic, total);
    this.#partitions.push({ topic, partition: total - 1 });
    this.#append(this.#partitions.length - 1, 3);
  }

  #drop(index: number): void {
    const { memberIds } = this.memory.broker.group(GROUP);
    if (memberIds.length > 0) this.memory.broker.dropMember(GROUP, index % memberIds.length);
  }

  #hold(what: string, hold: () => Disposable, ms: number): void {
    if (this.#holds.has(what)) return;
    const held = hold();
    this.#holds.set(what, held);
    this.scheduler.after(ms, () => {
      held[Symbol.dispose]();
      this.#holds.delete(what);
    });
  }
}
