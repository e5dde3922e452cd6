import { WATCHDOG_MUTANTS } from "./watchdog_mutants.ts";

/** A mistake to make in the code of the consumer: tests must notice it. */
export interface Mutant {
  /** What the mistake is, and so what the table shows. */
  readonly name: string;
  /** Below src/consume. */
  readonly file: string;
  /** The text that is replaced; it stands in the file once. */
  readonly find: string;
  readonly replace: string;
}

/** All mistakes, by file. Text and not line numbers: they still apply when something else in the file changes. */
export const MUTANTS: readonly Mutant[] = [
  // what is done, and what may be committed
  {
    name: "the low mark is one beyond the first unfinished offset",
    file: "offset_ledger.ts",
    find: "return lowest ?? this.#position;",
    replace: "return lowest === undefined ? this.#position : lowest + 1n;",
  },
  {
    name: "the low mark of a finished ledger is its last record, not the one after it",
    file: "offset_ledger.ts",
    find: "return lowest ?? this.#position;",
    replace: "return lowest ?? this.#position - 1n;",
  },
  {
    name: "the low mark passes the first that is open",
    file: "offset_ledger.ts",
    find: "lowest !== undefined && !this.#unfinished.has(lowest)",
    replace: "lowest !== undefined && this.#unfinished.size < this.#order.length - this.#head",
  },
  {
    name: "gaps do not move the position",
    file: "offset_ledger.ts",
    find: "if (position > this.#position) this.#position = position;",
    replace: "if (position < this.#position) this.#position = position;",
  },
  {
    name: "what was committed may be committed again, or less",
    file: "offset_ledger.ts",
    find: "mark > this.#committed ? mark : undefined;",
    replace: "mark !== this.#committed + 1n ? mark : undefined;",
  },
  {
    name: "the ledger does not remember what was committed",
    file: "offset_ledger.ts",
    find: "if (this.#committed === undefined || offset > this.#committed) this.#committed = offset;",
    replace: "this.#committed ??= offset;",
  },
  {
    name: "a record that was read is not tracked",
    file: "partition_state.ts",
    find: "for (const record of batch.records) this.ledger.track(record.offset);",
    replace: "for (const record of batch.records.slice(1)) this.ledger.track(record.offset);",
  },
  {
    name: "a partition is never paused",
    file: "partition_state.ts",
    find: "this.#queued > PAUSE_ABOVE",
    replace: "this.#queued > PAUSE_ABOVE * 1000",
  },
  {
    name: "a paused partition is never resumed",
    file: "partition_state.ts",
    find: "this.#queued < PAUSE_ABOVE / 2",
    replace: "this.#queued < 0",
  },
  {
    name: "records that are handed out still count as queued",
    file: "partition_state.ts",
    find: "this.#queued--;",
    replace: "",
  },

  // when and how to commit
  {
    name: "a commit is due one message late",
    file: "commit_rule.ts",
    find: "state.pending > 0 && (state.pending >= rule.everyCount || now - state.lastAt >= rule.everyMs)",
    replace: "state.pending > 1 && (state.pending >= rule.everyCount || now - state.lastAt >= rule.everyMs)",
  },
  {
    name: "commit rule: both conditions instead of one",
    file: "commit_rule.ts",
    find: "state.pending >= rule.everyCount || now - state.lastAt",
    replace: "state.pending >= rule.everyCount && now - state.lastAt",
  },
  {
    name: "commits overlap",
    file: "committer.ts",
    find: "if (this.#running === undefined) return this.#start();",
    replace: "if (this.#running === undefined || this.#again === undefined) return this.#start();",
  },
  {
    name: "who comes during a commit waits for that one, which may not carry his message",
    file: "committer.ts",
    find: "if (this.#running === undefined) return this.#start();",
    replace:
      "if (this.#running === undefined) return this.#start();\n    if (this.#again === undefined) return this.#running;",
  },
  {
    name: "offsets count as committed before the group has answered",
    file: "committer.ts",
    find: "await this.#unlessAbandoned(session.commit(offsets));",
    replace:
      "this.#ports.accepted(offsets, 0);\n        await this.#unlessAbandoned(session.commit(offsets));",
  },
  {
    name: "dropped await of the commit",
    file: "committer.ts",
    find: "await this.#unlessAbandoned(session.commit(offsets));",
    replace: "session.commit(offsets).catch(() => {});",
  },
  {
    name: "a refused commit is tried for ever",
    file: "committer.ts",
    find: "if (this.#leave.signal.aborted || error instanceof PartitionsLostError) return; // `lost` follows",
    replace: "if (this.#leave.signal.aborted) return;",
  },
  {
    name: "a commit that is not answered is given up at once, in silence",
    file: "committer.ts",
    find: 'if (kindOf(error) !== "unavailable" || outOfTime) return this.#ports.failed(commitError(error));',
    replace: 'if (kindOf(error) === "unavailable" || outOfTime) return;',
  },
  {
    name: "commits fail for longer than recovery_timeout_s, and nothing ends",
    file: "committer.ts",
    find: 'kindOf(error) !== "unavailable" || outOfTime',
    replace: 'kindOf(error) !== "unavailable"',
  },
  {
    name: "a commit that is not allowed is tried again",
    file: "committer.ts",
    find: 'kindOf(error) !== "unavailable" || outOfTime',
    replace: "outOfTime",
  },
  {
    name: "a commit is tried again without a wait",
    file: "committer.ts",
    find: "await clock.sleep(wait, this.#leave.signal);",
    replace: "",
  },
  {
    name: "a closed committer begins another commit",
    file: "committer.ts",
    find: "offsets.length === 0 || this.#leave.signal.aborted",
    replace: "offsets.length === 0",
  },

  // what to do with a message that failed
  {
    name: "one retry too many",
    file: "error_policy.ts",
    find: "failures.ofRecord > settings.maxRetries",
    replace: "failures.ofRecord > settings.maxRetries + 1",
  },
  {
    name: "one retry too few",
    file: "error_policy.ts",
    find: "failures.ofRecord > settings.maxRetries",
    replace: "failures.ofRecord >= settings.maxRetries",
  },
  {
    name: "an outage is skipped like a bad message",
    file: "error_policy.ts",
    find: 'case "unavailable": {',
    replace: 'case "unavailable": {\n      if (settings.onError === "continue") return { kind: "skip" };',
  },
  {
    name: "a configuration error is the message's fault",
    file: "error_policy.ts",
    find: 'return { kind: "fail" };\n    case "unavailable"',
    replace: 'return { kind: "skip" };\n    case "unavailable"',
  },
  {
    name: "an outage has no end",
    file: "error_policy.ts",
    find: 'if (failures.outageMs >= settings.recoveryTimeoutMs) return { kind: "fail" };',
    replace: "",
  },
  {
    name: "permanent errors are tried again",
    file: "error_policy.ts",
    find: 'settings.onError === "continue" || kind === "permanent"',
    replace: 'settings.onError === "continue"',
  },
  {
    name: "on_error stop skips permanent errors",
    file: "error_policy.ts",
    find: 'if (settings.onError === "stop") return { kind: "stop" };',
    replace: 'if (settings.onError === "stop" && kind !== "permanent") return { kind: "stop" };',
  },
  {
    name: "a message is skipped although there are dead letters",
    file: "error_policy.ts",
    find: 'settings.deadLetters ? "dead_letter" : "skip"',
    replace: 'settings.deadLetters ? "skip" : "skip"',
  },
  {
    name: "the first retry waits like the second",
    file: "backoff.ts",
    find: "schedule[Math.min(retry, schedule.length) - 1] ?? 0",
    replace: "schedule[Math.min(retry, schedule.length - 1)] ?? 0",
  },
  {
    name: "the last back-off does not repeat",
    file: "backoff.ts",
    find: "schedule[Math.min(retry, schedule.length) - 1] ?? 0",
    replace: "schedule[retry - 1] ?? 0",
  },
  {
    name: "the wait in an outage grows without a cap",
    file: "backoff.ts",
    find: "Math.min(OUTAGE_CAP_MS, OUTAGE_FIRST_MS * 2 ** Math.min(failures - 1, 30))",
    replace: "OUTAGE_FIRST_MS * 2 ** Math.min(failures - 1, 30)",
  },
  {
    name: "the wait in an outage doubles too early",
    file: "backoff.ts",
    find: "2 ** Math.min(failures - 1, 30)",
    replace: "2 ** Math.min(failures, 30)",
  },

  // one message
  {
    name: "an error after a stop or a loss is the message's fault",
    file: "work.ts",
    find:
      'if (this.#leave.signal.aborted) return { kind: "unfinished" };\n      if (outcome.kind === "unavailable") {',
    replace: 'if (outcome.kind === "unavailable") {',
  },
  {
    name: "a back-off that was ended early goes on to the next attempt",
    file: "work.ts",
    find:
      'await clock.sleep(verdict.afterMs, this.#leave.signal);\n      if (this.#leave.signal.aborted) return { kind: "unfinished" };',
    replace: "await clock.sleep(verdict.afterMs, this.#leave.signal);",
  },
  {
    name: "a stop does not end a back-off",
    file: "work.ts",
    find: "await clock.sleep(verdict.afterMs, this.#leave.signal);",
    replace: "await clock.sleep(verdict.afterMs);",
  },
  {
    name: "dropped await of the back-off",
    file: "work.ts",
    find: "await clock.sleep(verdict.afterMs, this.#leave.signal);",
    replace: "void clock.sleep(verdict.afterMs, this.#leave.signal);",
  },
  {
    name: "an outage counts against max_retries",
    file: "work.ts",
    find: "outageSince = ofWorld++ === 0 ? clock.now() : outageSince;",
    replace: "outageSince = ofWorld++ === 0 ? clock.now() : outageSince;\n        ofRecord++;",
  },
  {
    name: "an outage begins anew with each attempt",
    file: "work.ts",
    find: "outageSince = ofWorld++ === 0 ? clock.now() : outageSince;",
    replace: "ofWorld++;\n        outageSince = clock.now();",
  },
  {
    name: "an outage goes on although the world has answered",
    file: "work.ts",
    find: "ofWorld = 0;\n        ofRecord++;",
    replace: "ofRecord++;",
  },
  {
    name: "what is interrupted at max_processing_s counts as an outage",
    file: "work.ts",
    find: 'limit.reached && !outcome.ok && outcome.kind === "unavailable"',
    replace: 'limit.reached && !outcome.ok && outcome.kind === "record"',
  },
  {
    name: "the bounds of max_processing_s outlive the attempt",
    file: "work.ts",
    find: "using limit = timeLimit(",
    replace: "const limit = timeLimit(",
  },
  {
    name: "the signal does not fire at max_processing_s",
    file: "time_limit.ts",
    find: "limit.reached = true;\n    abort.abort(",
    replace: "limit.reached = true;\n    void (",
  },
  {
    name: "a stuck message ends nothing",
    file: "time_limit.ts",
    find: "clock.timer(maxProcessingMs + stuckAfterMs, onStuck)",
    replace: "clock.timer(maxProcessingMs + stuckAfterMs, () => {})",
  },
  {
    name: "the processor's promise is not awaited",
    file: "processor.ts",
    find: "const result = await inMessageScope(scope, () => processor(message, context));",
    replace:
      'const running = inMessageScope(scope, () => processor(message, context));\n    void Promise.resolve(running).catch(() => {});\n    const result = { status: "success" };',
  },
  {
    name: "unflushed sends are not awaited",
    file: "processor.ts",
    find:
      "nothingRuns(scope);\n    await scope.settled();\n    nothingRuns(scope); // one may have begun while sends were waited for",
    replace: "nothingRuns(scope);",
  },
  {
    name: "a processor that answers an error has succeeded",
    file: "processor.ts",
    find: 'if (status === "error") return',
    replace: 'if (status === "error") return undefined;\n    if (status === "failure") return',
  },
  {
    name: "an outage that the processor caught is forgotten",
    file: "processor.ts",
    find: "if (lasting === undefined) return",
    replace: "if (lasting === undefined || error !== lasting.cause) return",
  },
  {
    name: "the next attempt does not wait for the mods of this one",
    file: "processor.ts",
    find: "await scope.idle();",
    replace: "",
  },

  // dead letters
  {
    name: "a message is committed before its dead letter is acknowledged",
    file: "dead_letters_delivery.ts",
    find: 'return { kind: "dead_lettered", place: placeOf(await letters.write(dead)) };',
    replace:
      'void letters.write(dead).catch(() => {});\n      return { kind: "dead_lettered", place: placeOf({ topic: dead.topic, partition: dead.partition, offset: -1n }) };',
  },
  {
    name: "a dead letter that cannot be written is given up",
    file: "dead_letters_delivery.ts",
    find: 'if (verdict.kind !== "wait") return { kind: "failed", error };',
    replace:
      'if (ofWorld > 1) return { kind: "dead_lettered", place: "nowhere" };\n      if (verdict.kind !== "wait") return { kind: "failed", error };',
  },
  {
    name: "a dead letter is tried again after a stop",
    file: "dead_letters_delivery.ts",
    find:
      'await clock.sleep(verdict.afterMs, leave);\n      if (leave.aborted) return { kind: "unfinished" };',
    replace: "await clock.sleep(verdict.afterMs, leave);",
  },
  {
    name: "a message without its dead letter counts as final",
    file: "ending.ts",
    find: 'return kind === "done" ||',
    replace: 'return kind === "unfinished" || kind === "done" ||',
  },
  {
    name: "an outage of the dead letters lasts for ever",
    file: "dead_letters_delivery.ts",
    find: "const outageMs = clock.now() - since;",
    replace: "const outageMs = 0;",
  },
  {
    name: "an outage cuts what a dead letter tells",
    file: "dead_letters.ts",
    find: 'if (kind === "unavailable" || kind === "configuration") throw error;',
    replace: "",
  },
  {
    name: "a dead letter keeps its partition where the topics differ",
    file: "dead_letters.ts",
    find: "this.#partitions.get(topic) === this.#partitions.get(this.topic) ? partition : undefined;",
    replace: "partition;",
  },
  {
    name: "partitions that were added are not seen by dead letters",
    file: "dead_letters.ts",
    find: "if (partition >= (this.#partitions.get(topic) ?? 0)) {",
    replace: "if (this.#partitions.size === 0) {",
  },
  {
    name: "a dead letter's own headers come before the message's",
    file: "dead_letters_letter.ts",
    find: "headers: [...record.headers, ...headers]",
    replace: "headers: [...headers, ...record.headers]",
  },
  {
    name: "a message takes a header of its dead letter along",
    file: "dead_letters_headers.ts",
    find: "return headers.slice(0, count);",
    replace: "return headers.slice(0, count + 1);",
  },
  {
    name: "secrets stay in what a dead letter tells",
    file: "dead_letters_letter.ts",
    find: "redactSecrets(errorText(error))",
    replace: "errorText(error)",
  },

  // what may run side by side
  {
    name: "two of one lane run side by side",
    file: "lanes.ts",
    find: "if (!this.#busy.has(lane)) this.#ready.add(lane);",
    replace: "this.#ready.add(lane);",
  },
  {
    name: "a lane whose work has ended is never handed out again",
    file: "lanes.ts",
    find: "else this.#ready.add(lane);",
    replace: "else this.#busy.add(lane);",
  },
  {
    name: "queued work of a lost partition stays queued",
    file: "lanes.ts",
    find: "queue.filter((task) => !unwanted(task));",
    replace: "queue.filter((task) => !unwanted(task) || queue.size > 0);",
  },
  {
    name: "a lane hands out its newest first",
    file: "lanes.ts",
    find:
      "const item = this.#items[this.#head];\n    this.#items[this.#head++] = undefined; // let it be collected",
    replace: "const item = this.#items.pop();",
  },
  {
    name: "one more than max_concurrency",
    file: "dispatcher.ts",
    find: "while (!this.#closed && this.#inFlight.size < this.#ports.maxConcurrency",
    replace: "while (!this.#closed && this.#inFlight.size <= this.#ports.maxConcurrency",
  },
  {
    name: "the next message does not wait for the commit",
    file: "dispatcher.ts",
    find: "await this.#ports.ended(work, ending);",
    replace: "void this.#ports.ended(work, ending);",
  },
  {
    name: "a closed dispatcher hands out what is queued",
    file: "dispatcher.ts",
    find: "while (!this.#closed && this.#inFlight.size",
    replace: "while (this.#inFlight.size",
  },
  {
    name: "a stop does not reach the back-offs",
    file: "dispatcher.ts",
    find: "for (const work of this.#inFlight.keys()) work.leave();",
    replace: "",
  },
  {
    name: "nothing is handed out when a message has ended",
    file: "dispatcher.ts",
    find: "this.#lanes.release(work.task);\n    this.pump();",
    replace: "this.#lanes.release(work.task);",
  },
  {
    name: "an older assignment's queued messages outlive the partition",
    file: "dispatcher.ts",
    find: "this.#lanes.drop((task) => names.has(task.partition.name));",
    replace: "this.#lanes.drop((task) => partitions.has(task.partition));",
  },
  {
    name: "an older assignment's running message is not told of the loss",
    file: "dispatcher.ts",
    find: "return this.inFlight.filter((work) => names.has(work.task.partition.name));",
    replace: "return this.inFlight.filter((work) => partitions.has(work.task.partition));",
  },
  {
    name: "the lane ends with the assignment: what still runs is started again beside itself",
    file: "dispatcher.ts",
    find: "new Lanes<Task>(({ partition }) => partition.name)",
    replace: "new Lanes<Task>(({ partition }) => `${partition.name} ${partition.assignment.epoch}`)",
  },

  // fences and epochs
  {
    name: "forgotten epoch: records of an older assignment count for the new one",
    file: "assignments.ts",
    find: "return state?.assignment.epoch === fetched.epoch ? state : undefined;",
    replace: "return state;",
  },
  {
    name: "forgotten epoch: an older assignment's commit counts for the new one",
    file: "assignments.ts",
    find: "if (state?.assignment.epoch === commit.epoch) state.committed(commit.offset);",
    replace: "state?.committed(commit.offset);",
  },
  {
    name: "a lost partition is still committed",
    file: "assignments.ts",
    find: "this.#current.delete(keyOf(state.assignment));",
    replace: "",
  },
  {
    name: "a revoked partition is not marked: what arrives is handed out",
    file: "assignments.ts",
    find: "for (const state of states) state.revoked = true;",
    replace: "",
  },
  {
    name: "forgotten epoch: an older assignment's end takes the new one with it",
    file: "assignments.ts",
    find: "if (state?.assignment.epoch === assignment.epoch) states.add(state);",
    replace: "if (state !== undefined) states.add(state);",
  },

  // the loop
  {
    name: "committed before it is processed",
    file: "reading.ts",
    find: "handedOut: ({ partition, record }) => (partition.handedOut(record), this.#flow(partition)),",
    replace:
      "handedOut: ({ partition, record }) => (partition.handedOut(record), partition.finish(record.offset), this.#flow(partition)),",
  },
  {
    name: "a message that ended unfinished is committed",
    file: "reading.ts",
    find: "if (!isFinal(ending)) return;",
    replace: 'if (ending.kind === "failed") return;',
  },
  {
    name: "a stop commits the message that failed",
    file: "reading.ts",
    find: "if (!isFinal(ending)) return;",
    replace: 'if (ending.kind === "unfinished") return;',
  },
  {
    name: "dropped await of the commit at a message's end",
    file: "reading.ts",
    find: "await this.#commitIfDue();",
    replace: "void this.#commitIfDue();",
  },
  {
    name: "records that arrive while a rebalance begins are handed out",
    file: "reading.ts",
    find: "partition === undefined || partition.revoked || isStopping()",
    replace: "partition === undefined || isStopping()",
  },
  {
    name: "a revoked partition's back-off goes on",
    file: "reading.ts",
    find: "for (const work of works) work.leave();\n    await within",
    replace: "await within",
  },
  {
    name: "a rebalance does not wait for what is in work",
    file: "reading.ts",
    find: "await within(this.#ports.clock, REVOKE_SETTLE_MS, this.dispatcher.settled(works));",
    replace: "",
  },
  {
    name: "a rebalance gives partitions back without a commit",
    file: "reading.ts",
    find: "await this.#ports.link().flush();",
    replace: "",
  },
  {
    name: "work of a lost partition is not aborted",
    file: "reading.ts",
    find: "for (const work of works) work.abort(`${work.place} was ${why}`);",
    replace: "void [works, why];",
  },
  {
    name: "work of a lost partition goes on to its next attempt",
    file: "reading.ts",
    find: "const works = this.dispatcher.revoke(states);",
    replace: "const works: Work[] = [];\n    void states;",
  },
  {
    name: "a position that the log has lost ends what was read before",
    file: "reading.ts",
    find: 'if (reason === "out_of_range") return;',
    replace: "",
  },
  {
    name: "a failure does not stop the others",
    file: "poll_loop.ts",
    find: "this.#ports.control.requestStop(`a consumer failed: ${errorText(error)}`);",
    replace: "void errorText(error);",
  },
  {
    name: "a failure is forgotten: the job ends well",
    file: "poll_loop.ts",
    find: "if (this.#failure !== undefined) throw this.#failure.error;",
    replace: "",
  },
  {
    name: "the last failure counts, not the first",
    file: "poll_loop.ts",
    find: "if (this.#failure !== undefined) return;\n    this.#failure",
    replace: "this.#failure",
  },
  {
    name: "the session is not closed",
    file: "poll_loop.ts",
    find: "this.#closing(this.#link.close())",
    replace: "undefined",
  },
  {
    name: "a session that opened after the stop stays open",
    file: "link.ts",
    find: "if (this.#isCut) return await session.close(); // nobody waits for it any more",
    replace: "",
  },
  {
    name: "the listener of the stop outlives the loop",
    file: "poll_loop.ts",
    find: 'control.signal.removeEventListener("abort", onStop);\n    await this.#drain();',
    replace: "await this.#drain();",
  },
  {
    name: "a crash of the session is not heard",
    file: "reading.ts",
    find: "crashed: fail,",
    replace: "crashed: () => void fail,",
  },
  {
    name: "what came before the session was there is never handed out",
    file: "poll_loop.ts",
    find: "await this.#link.open();\n    this.#reading.dispatcher.pump();",
    replace: "await this.#link.open();",
  },
  {
    name: "gaps are committed with the next message only",
    file: "reading.ts",
    find: "this.#commitIfDue(); // gaps move the position although nothing is processed",
    replace: "",
  },

  // the end
  {
    name: "a drain without a deadline",
    file: "drain.ts",
    find: "const inTime = await within(ports.clock, ports.timeoutMs, ports.idle());",
    replace: "const inTime = await ports.idle().then(() => true);",
  },
  {
    name: "a drain that does not wait",
    file: "drain.ts",
    find: "const inTime = await within(ports.clock, ports.timeoutMs, ports.idle());",
    replace: "const inTime = await within(ports.clock, ports.timeoutMs, Promise.resolve());",
  },
  {
    name: "the signals do not fire at the drain deadline",
    file: "drain.ts",
    find: "if (!inTime) ports.abort();",
    replace: "",
  },
  {
    name: "no last commit",
    file: "drain.ts",
    find: "await within(ports.clock, LAST_COMMIT_MS, ports.lastCommit())",
    replace: "true",
  },
  {
    name: "a last commit without a bound",
    file: "drain.ts",
    find: "await within(ports.clock, LAST_COMMIT_MS, ports.lastCommit())",
    replace: "await ports.lastCommit().then(() => true)",
  },
  {
    name: "a drain that timed out ends well",
    file: "drain.ts",
    find: 'kind: inTime && committed ? "drained" : "expired"',
    replace: 'kind: inTime || committed ? "drained" : "expired"',
  },

  // what the log says
  {
    name: "a held event loop is not noticed",
    file: "stall_monitor.ts",
    find: "if (held > sessionTimeoutMs / 3) {",
    replace: "if (held > sessionTimeoutMs * 3) {",
  },
  {
    name: "a message that is long in work is not named",
    file: "long_work.ts",
    find: "(this.#nextAgeMs.get(work) ?? LONG_MS)",
    replace: "(this.#nextAgeMs.get(work) ?? LONG_MS * 1000)",
  },
  {
    name: "the reporter's timer outlives the loop",
    file: "reporter.ts",
    find: "this.#minute[Symbol.dispose]();",
    replace: "",
  },
  {
    name: "the stall monitor's timer outlives the loop",
    file: "reporter.ts",
    find: "this.#stalls[Symbol.dispose]();",
    replace: "",
  },

  ...WATCHDOG_MUTANTS,
];
