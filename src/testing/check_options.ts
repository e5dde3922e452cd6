import { didYouMean } from "../core/nearest.ts";
import { registeredMods } from "../job/run_mod.ts";
import type { CallOfMod, ModFailure, Moment, RunOptions } from "./options.ts";

/** Finds what cannot be meant so, before anything runs. Throws a `TypeError` or `RangeError` that says what to write. */
export function checkOptions(options: RunOptions): void {
  const { mods = {}, fail = {}, stop, crash } = options;
  for (const name of Object.keys(mods)) checkMod(name, "mods");
  for (const [name, failures] of Object.entries(fail)) {
    checkMod(name, "fail");
    for (const failure of [failures as ModFailure | readonly ModFailure[]].flat()) {
      checkCount(failure.call, `fail.${name}.call`);
      if (failure.times !== Infinity) checkCount(failure.times ?? 1, `fail.${name}.times`);
      if (!(failure.with instanceof Error)) {
        throw new TypeError(
          `Cannot make ${name} fail: fail.${name}.with is no Error; give one, such as new UnavailableError("...")`,
        );
      }
    }
  }
  if (stop !== undefined && !(stop instanceof AbortSignal)) checkMoment(stop, "stop");
  if (crash !== undefined) checkMoment(crash, "crash");
}

function checkMoment(moment: Moment, name: string): void {
  if ("after" in moment) return checkCount(moment.after, `${name}.after`);
  const { mod, call }: CallOfMod = moment.at;
  checkMod(mod, `${name}.at`);
  checkCount(call, `${name}.at.call`);
}

function checkMod(name: string, where: string): void {
  const names = registeredMods().map((mod) => mod.name);
  if (names.includes(name)) return;
  throw new TypeError(`Cannot run the job: ${where} names no mod: "${name}"${didYouMean(name, names)}`);
}

function checkCount(count: number, name: string): void {
  if (Number.isSafeInteger(count) && count >= 1) return;
  throw new RangeError(`Cannot run the job with ${name} ${count}: expected 1 or more, the first is 1`);
}
