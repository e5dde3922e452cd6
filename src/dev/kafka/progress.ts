import type { Tools } from "./tools.ts";

/** Shows how long something takes while it takes it. */
export async function withSeconds<T>(tools: Tools, what: string, work: Promise<T>): Promise<T> {
  const begin = tools.clock.now();
  const done = new AbortController();
  const ended = work.finally(() => done.abort());
  ended.catch(() => {}); // it is awaited below
  while (!done.signal.aborted) {
    tools.report.progress(`${what} ... ${Math.round((tools.clock.now() - begin) / 1000)} s`);
    await tools.clock.sleep(1000, done.signal);
  }
  tools.report.progress(undefined);
  return await ended;
}
