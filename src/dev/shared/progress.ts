import type { Tools } from "./tools.ts";

/** What takes no longer than this needs no words. */
const BRIEF_MS = 300;

/** Shows how long something takes while it takes it. */
export async function withSeconds<T>(tools: Tools, what: string, work: Promise<T>): Promise<T> {
  const begin = tools.clock.now();
  const done = new AbortController();
  const ended = work.finally(() => done.abort());
  ended.catch(() => {}); // it is awaited below
  await tools.clock.sleep(BRIEF_MS, done.signal);
  while (!done.signal.aborted) {
    tools.report.progress(`${what} ... ${Math.round((tools.clock.now() - begin) / 1000)} s`);
    await tools.clock.sleep(1000, done.signal);
  }
  tools.report.progress(undefined);
  return await ended;
}
