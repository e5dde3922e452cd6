import { VERSION } from "../core/version.ts";
import type { Clock } from "../runtime/clock.ts";
import { processUsage } from "../runtime/process_usage.ts";
import { denoVersion } from "../runtime/terminal.ts";
import type { JOB_METRICS } from "./job_metrics_table.ts";
import type { Registry } from "./registry.ts";

type Name = typeof JOB_METRICS[number]["name"];

/** How often the event loop is looked at, in milliseconds. */
const TICK_MS = 1_000;

/** What the process uses, and how late its timers are. */
export class ProcessMetrics implements Disposable {
  readonly #registry: Registry<Name>;
  readonly #clock: Clock;
  #timer: Disposable;
  #before: number;

  constructor(registry: Registry<Name>, clock: Clock) {
    this.#registry = registry;
    this.#clock = clock;
    this.#before = clock.now();
    this.#timer = clock.timer(TICK_MS, () => this.#tick(), { keepsAlive: false });
    registry.value("datapy_build_info", { version: VERSION, deno: denoVersion }).value = 1;
    registry.value("process_start_time_seconds").value = clock.wallTime() / 1000;
    registry.distribution("datapy_event_loop_lag_seconds");
  }

  /** Reads anew what is read and not counted. */
  refresh(): void {
    const { residentBytes, heapBytes, cpuSeconds } = processUsage();
    this.#registry.value("process_resident_memory_bytes").value = residentBytes;
    this.#registry.value("process_heap_bytes").value = heapBytes;
    this.#registry.value("process_cpu_seconds_total").value = cpuSeconds;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  #tick(): void {
    const now = this.#clock.now();
    const late = Math.max(0, now - this.#before - TICK_MS);
    this.#registry.distribution("datapy_event_loop_lag_seconds").observe(late / 1000);
    this.#before = now;
    this.#timer = this.#clock.timer(TICK_MS, () => this.#tick(), { keepsAlive: false });
  }
}
