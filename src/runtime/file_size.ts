/** The size of a file in bytes. Rejects with the system's error where there is none. */
export async function fileSize(path: string): Promise<number> {
  return (await Deno.stat(path)).size;
}
