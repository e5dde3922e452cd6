/** Something that is open for the whole process and must be closed when the job ends. */
export interface Resource {
  /** What it is, for an error: `producer of broker1:9092`. */
  readonly name: string;
  /** Ends it, flushing what is pending. */
  close(): Promise<void>;
}

const open = new Set<Resource>();

/** Remembers a resource until it is closed; call what is returned if it closes earlier. */
export function trackResource(resource: Resource): () => void {
  open.add(resource);
  return () => void open.delete(resource);
}

/**
 * Closes everything that is open, the newest first, and waits at most `boundMs`. Returns what could not be closed, with
 * its reason; it never throws and never hangs.
 */
export async function closeResources(
  boundMs: number,
): Promise<{ name: string; reason: unknown }[]> {
  const failed: { name: string; reason: unknown }[] = [];
  const newestFirst = [...open].reverse();
  open.clear();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => timer = setTimeout(() => resolve("late"), boundMs));
  for (const resource of newestFirst) {
    try {
      const ended = await Promise.race([resource.close(), late]);
      if (ended === "late") {
        failed.push({
          name: resource.name,
          reason: new Error(`it did not close within ${boundMs} ms`),
        });
      }
    } catch (reason) {
      failed.push({ name: resource.name, reason });
    }
  }
  clearTimeout(timer);
  return failed;
}
