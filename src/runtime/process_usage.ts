import { cpuUsage } from "node:process";

/** What this process uses. */
export interface ProcessUsage {
  /** Memory that is in RAM, in bytes. */
  readonly residentBytes: number;
  /** Memory of JavaScript's heap that is in use, in bytes. */
  readonly heapBytes: number;
  /** Processor time of user and system together, in seconds. */
  readonly cpuSeconds: number;
}

/** What this process uses now. */
export function processUsage(): ProcessUsage {
  const { rss, heapUsed } = Deno.memoryUsage();
  const { user, system } = cpuUsage();
  return { residentBytes: rss, heapBytes: heapUsed, cpuSeconds: (user + system) / 1e6 };
}
