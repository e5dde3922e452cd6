import type { Message } from "../../src/consume/message.ts";
import type { MessageProcessor, ProcessorContext, ProcessorResult } from "../../src/consume/processor.ts";
import { ConfigurationError, PermanentError, RecordError, UnavailableError } from "../../src/core/errors.ts";
import { currentMessageScope } from "../../src/core/message_scope.ts";
import type { Behaviour } from "./history.ts";
import type { AttemptModel } from "./model.ts";
import type { SimulatedProcess } from "./process.ts";
import type { AttemptEnd } from "./message_laws.ts";
import type { Verifier } from "./verifier.ts";

/** What a processor needs of its world. */
export interface ProcessorWorld {
  readonly verifier: Verifier;
  /** What this attempt does; undefined is to succeed at once. */
  behaviour(message: Message): Behaviour | undefined;
  /** Whether the world is out of order: then nothing succeeds. */
  isOut(): boolean;
}

/** What an attempt comes to: what it throws or answers, and how that counts. */
interface End {
  readonly end: AttemptEnd;
  readonly error?: unknown;
  readonly answer?: unknown;
  /** An unflushed send, and whether it will be acknowledged. */
  readonly send?: "succeeds" | "fails";
  /** A mod that the processor caught the failure of. */
  readonly caught?: unknown;
  /** A mod that it does not wait for. */
  readonly forgets?: boolean;
}

const SUCCESS: ProcessorResult = { status: "success" };
const PLAIN: Behaviour = { ms: 1, hops: 0, outcome: "success", onSignal: "ignore", asksToStop: "never" };

function endOf(outcome: Behaviour["outcome"], place: string): End {
  switch (outcome) {
    case "success":
      return { end: "ok", answer: SUCCESS };
    case "record":
      return { end: "record", error: new RecordError(`bad ${place}`) };
    case "status":
      return { end: "record", answer: { status: "error", error: `bad ${place}` } };
    case "permanent":
      return { end: "permanent", error: new PermanentError(`malformed ${place}`) };
    case "unavailable":
      return { end: "unavailable", error: new UnavailableError(`down for ${place}`) };
    case "wrapped unavailable":
      return {
        end: "unavailable",
        error: new Error("wrapped", { cause: new UnavailableError(`down for ${place}`) }),
      };
    case "caught unavailable": {
      const caught = new UnavailableError(`down for ${place}`);
      return {
        end: "unavailable",
        answer: { status: "error", error: "could not write" },
        error: caught,
        caught,
      };
    }
    case "configuration":
      return { end: "configuration", error: new ConfigurationError(`no table for ${place}`) };
    case "no answer":
      return { end: "configuration", answer: undefined };
    case "forgotten await":
      return { end: "configuration", answer: SUCCESS, forgets: true };
    case "late send":
      return { end: "ok", answer: SUCCESS, send: "succeeds" };
    case "late send fails":
      return {
        end: "unavailable",
        answer: SUCCESS,
        send: "fails",
        error: new UnavailableError(`not sent: ${place}`),
      };
    case "throws nothing":
      return { end: "record", error: undefined };
  }
}

/** The function of the job: does to each message what the history says, and tells the verifier when it begins and ends. */
export function simulatedProcessor(world: ProcessorWorld, process: SimulatedProcess): MessageProcessor {
  return (message, context) => {
    if (process.isKilled) return new Promise<never>(() => {});
    const { verifier } = world;
    const epoch = process.driver.epochs.get(message._raw_message) as number;
    const attempt = verifier.messages.attemptStarts(process.model, epoch, message.offset, context.signal);
    const behaviour = world.behaviour(message) ?? PLAIN;
    if (behaviour.asksToStop === "first") process.stop();
    if (behaviour.ms > 0 || behaviour.hops >= 0) {
      return run(world, process, attempt, message, context, behaviour);
    }
    if (behaviour.asksToStop === "last") process.stop();
    return finish(world, process, attempt, endOf(outcomeNow(world, behaviour), placeOf(message)));
  };
}

async function run(
  world: ProcessorWorld,
  process: SimulatedProcess,
  attempt: AttemptModel,
  message: Message,
  context: ProcessorContext,
  behaviour: Behaviour,
): Promise<ProcessorResult> {
  const aborted = await wait(process, context.signal, behaviour);
  for (let i = 0; i < behaviour.hops; i++) await undefined;
  if (process.isKilled) return await new Promise<never>(() => {});
  if (behaviour.asksToStop === "last") process.stop();
  const place = placeOf(message);
  const { signal } = context;
  if (!aborted || behaviour.onSignal === "success") {
    return await finish(world, process, attempt, endOf(outcomeNow(world, behaviour), place));
  }
  return await finish(
    world,
    process,
    attempt,
    behaviour.onSignal === "unavailable"
      ? { end: "unavailable", error: new UnavailableError(`interrupted ${place}`) }
      : { end: "record", error: signal.reason },
  );
}

function finish(
  world: ProcessorWorld,
  process: SimulatedProcess,
  attempt: AttemptModel,
  end: End,
): ProcessorResult | Promise<ProcessorResult> {
  const over = () => {
    if (!process.isKilled) world.verifier.messages.attemptEnds(process.model, attempt, end.end, end.error);
  };
  const scope = currentMessageScope();
  if (end.caught !== undefined) scope?.failed(end.caught);
  if (end.send !== undefined) {
    scope?.defer(
      process.pause(20).then(() => {
        over();
        if (end.send === "fails") throw end.error;
      }),
    );
    return end.answer as ProcessorResult;
  }
  if (end.forgets) {
    const leave = scope?.enter("database_insert");
    void process.pause(20).then(() => (over(), leave?.())); // the attempt lasts as long as its mods
    return end.answer as ProcessorResult;
  }
  over();
  if ("answer" in end) return end.answer as ProcessorResult;
  throw end.error;
}

/** Waits as long as the attempt is to last, or until its signal fires and it heeds that. Whether it was that. */
function wait(process: SimulatedProcess, signal: AbortSignal, behaviour: Behaviour): Promise<boolean> {
  if (behaviour.ms === 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (aborted: boolean) => {
      timer[Symbol.dispose]();
      signal.removeEventListener("abort", onAbort);
      resolve(aborted);
    };
    const onAbort = () => end(true);
    const timer = process.timer(behaviour.ms, () => end(false));
    if (behaviour.onSignal !== "ignore") signal.addEventListener("abort", onAbort);
  });
}

function outcomeNow(world: ProcessorWorld, { outcome }: Behaviour): Behaviour["outcome"] {
  return world.isOut() && (outcome === "success" || outcome === "late send") ? "unavailable" : outcome;
}

const placeOf = ({ topic, partition, offset }: Message) => `${topic}[${partition}]@${offset}`;
