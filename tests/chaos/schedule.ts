import { Random } from "../simulation/random.ts";
import { type Fault, FAULTS, kindOf, type Track, TRACKS } from "./faults.ts";

/** How a schedule is made. */
export interface ScheduleOptions {
  readonly minutes: number;
  /** Tracks without faults. */
  readonly without?: readonly Track[];
  /** Times as long between faults; 1 by default. */
  readonly spread?: number;
}

/** The faults begin when the first messages have come through. */
const QUIET_MS = 3_000;

/** Time between a fault's recovery and the next one of its track, in milliseconds: from, to. */
const GAPS: Readonly<Record<Track, readonly [number, number]>> = {
  consumers: [500, 8_000],
  brokers: [2_000, 15_000],
  network: [3_000, 20_000],
  database: [5_000, 20_000],
};

/**
 * The faults of a run, from a seed: the same seed and options give the same ones. Each track has its own stream of
 * numbers and draws from a bag in which every kind lies as often as it weighs, so that a run of some minutes has them
 * all. A fault begins when the system had time to recover from the one before on its track, and only where there is time
 * for its own recovery before the end.
 */
export function makeSchedule(
  seed: number,
  { minutes, without = [], spread = 1 }: ScheduleOptions,
): readonly Fault[] {
  const tracks = TRACKS.filter((track) => !without.includes(track));
  return inOrder(
    tracks.flatMap((track) => faultsOf(track, new Random(`${seed}/${track}`), minutes * 60_000, spread)),
  );
}

function faultsOf(track: Track, random: Random, end: number, spread: number): Fault[] {
  const kinds = Object.entries(FAULTS).filter(([, kind]) => kind.track === track)
    .flatMap(([name, { weight }]) => Array.from({ length: weight }, () => name));
  const [least, most] = GAPS[track].map((ms) => ms * spread) as [number, number];
  const faults: Fault[] = [];
  let bag: string[] = [];
  for (let at = QUIET_MS + random.int(0, least);;) {
    if (bag.length === 0) bag = [...kinds];
    const [kind = ""] = bag.splice(random.int(0, bag.length - 1), 1);
    const ranges = Object.entries(FAULTS[kind]?.args ?? {});
    const args = Object.fromEntries(ranges.map(([name, [min, max]]) => [name, random.int(min, max)]));
    const over = at + kindOf({ kind }).lasts(args);
    if (over > end) return faults;
    faults.push({ at, kind, args });
    at = over + random.int(least, most);
  }
}

/** Faults by their time. */
export function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return faults.toSorted((a, b) => a.at - b.at);
}

/** A schedule as lines, which {@link readSchedule} reads: seconds, kind, numbers. */
export function describeSchedule(faults: readonly Fault[]): string {
  return inOrder(faults).map((fault) =>
    `${(fault.at / 1000).toFixed(3).padStart(9)}  ${describeFault(fault)}`
  )
    .join("\n");
}

/** `kill_broker broker=2 down_ms=3000`. */
export function describeFault({ kind, args }: Pick<Fault, "kind" | "args">): string {
  return [kind, ...Object.entries(args).map(([name, value]) => `${name}=${value}`)].join(" ");
}

/** Reads what {@link describeSchedule} writes; lines that are empty or begin with # are skipped. */
export function readSchedule(text: string): readonly Fault[] {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => !/^(#|$)/.test(line));
  return inOrder(lines.map(readFault));
}

function readFault(line: string): Fault {
  const [seconds = "", kind = "", ...rest] = line.split(/\s+/);
  const at = Math.round(Number(seconds) * 1000);
  if (seconds === "" || !(at >= 0)) throw new RangeError(`"${line}" does not begin with a time in seconds`);
  const wanted = Object.keys(kindOf({ kind }).args);
  const args = Object.fromEntries(rest.map((word): [string, number] => {
    const [name = "", value = ""] = word.split("=");
    if (!wanted.includes(name) || !/^\d+$/.test(value)) {
      throw new RangeError(`"${word}" is no number of ${kind}, which has ${wanted.join(", ") || "none"}`);
    }
    return [name, Number(value)];
  }));
  const missing = wanted.filter((name) => !Object.hasOwn(args, name));
  if (missing.length > 0) throw new RangeError(`"${line}" lacks ${missing.join(", ")}`);
  return { at, kind, args };
}
