import { shell } from "./server_process.ts";

/** Why no small disk can be made here; undefined where one can. It takes root, and a system that has tmpfs. */
export const NO_SMALL_DISK: string | undefined = await (async () => {
  const folder = await Deno.makeTempDir({ prefix: "datapy-test-disk-" });
  try {
    await shell('mount -t tmpfs -o size=1m tmpfs "$1" && umount "$1"', folder);
    return undefined;
  } catch {
    return "a small disk cannot be mounted here, which takes root on Linux";
  } finally {
    await Deno.remove(folder);
  }
})();

/** A folder on a disk of its own, in memory, that can be filled up. It is unmounted when it is disposed. */
export class SmallDisk implements AsyncDisposable {
  readonly #ballast: string;
  #isOwn = false;

  private constructor(readonly folder: string) {
    this.#ballast = `${folder}/ballast`;
  }

  /** Mounts one of so many KiB; the folder is made. */
  static async mount(folder: string, kib: number): Promise<SmallDisk> {
    await Deno.mkdir(folder, { recursive: true });
    await shell('mount -t tmpfs -o size="$2"k,mode=0777 tmpfs "$1"', folder, String(kib));
    return new SmallDisk(folder);
  }

  /** Mounts one in a folder of its own, which belongs to the user who owns another folder: a server's, say. */
  static async forOwnerOf(owned: string, kib: number): Promise<SmallDisk> {
    const folder = await Deno.makeTempDir({ prefix: "datapy-test-disk-" });
    const disk = await SmallDisk.mount(folder, kib);
    disk.#isOwn = true;
    await shell('chown "$(stat -c %u:%g "$2")" "$1" && chmod 700 "$1"', folder, owned);
    return disk;
  }

  /** Free KiB. */
  async free(): Promise<number> {
    return Number(await shell(`df -k "$1" | tail -1 | awk '{print $4}'`, this.folder));
  }

  /** Fills it up to so many free KiB, or wholly, while others may write to it as well. */
  async fill(leaveKib: number): Promise<void> {
    const kib = leaveKib === 0 ? "" : String(await this.free() - leaveKib);
    await shell('dd if=/dev/zero of="$1" bs=1024 ${2:+count="$2"} 2>/dev/null || true', this.#ballast, kib);
  }

  /** Makes the space free again. */
  async clear(): Promise<void> {
    await Deno.remove(this.#ballast);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await shell('umount "$1" 2>/dev/null || umount -l "$1"', this.folder);
    if (this.#isOwn) await Deno.remove(this.folder);
  }
}
