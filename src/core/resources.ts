import { JobLocal } from "./job_scope.ts";

/** Something that is open for the whole job and must be closed when the job ends. */
export interface Resource {
  /** What it is, for an error: `producer of broker1:9092`. */
  readonly name: string;
  /** Ends it, flushing what is pending. */
  close(): Promise<void>;
}

/** A resource that could not be closed, and why. */
export interface CloseFailure {
  readonly name: string;
  readonly reason: unknown;
}

const ofJob = new JobLocal(() => new Set<Resource>());

/** Remembers a resource until it is closed; call what is returned if it closes earlier. */
export function trackResource(resource: Resource): () => void {
  const open = ofJob.get();
  open.add(resource);
  return () => void open.delete(resource);
}

/**
 * Closes everything that is open, the newest first, each when the one before has closed or has used up its share of the
 * time: one that hangs does not keep the others from closing. Waits at most `boundMs` in all. Returns what could not be
 * closed, with its reason; it never throws and never hangs.
 */
export async function closeResources(boundMs: number): Promise<CloseFailure[]> {
  const open = ofJob.get();
  const deadline = performance.now() + boundMs;
  const failed: CloseFailure[] = [];
  const closing = new Map<Resource, Promise<void>>();
  while (open.size > 0) {
    const newest = [...open].at(-1)!;
    const share = (deadline - performance.now()) / open.size;
    open.delete(newest);
    const closed = close(newest).catch((reason) => void failed.push({ name: newest.name, reason }))
      .finally(() => closing.delete(newest));
    closing.set(newest, closed);
    await within(share, closed);
  }
  await within(deadline - performance.now(), Promise.all(closing.values()));
  for (const { name } of closing.keys()) {
    failed.push({ name, reason: new Error(`it did not close within ${boundMs} ms`) });
  }
  return [...failed]; // a copy: one that fails later must not change what was reported
}

async function close(resource: Resource): Promise<void> {
  await resource.close();
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, Math.max(ms, 0)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
