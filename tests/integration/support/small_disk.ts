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

  private constructor(readonly folder: string) {
    this.#ballast = `${folder}/ballast`;
  }

  /** Mounts one of so many KiB; the folder is made. */
  static async mount(folder: string, kib: number): Promise<SmallDisk> {
    await Deno.mkdir(folder, { recursive: true });
    await shell('mount -t tmpfs -o size="$2"k,mode=0777 tmpfs "$1"', folder, String(kib));
    return new SmallDisk(folder);
  }

  /** Free KiB. */
  async free(): Promise<number> {
    return Number(await shell(`df -k "$1" | tail -1 | awk '{print $4}'`, this.folder));
  }

  /** Fills it up to so many free KiB. */
  async fill(leaveKib: number): Promise<void> {
    const kib = await this.free() - leaveKib;
    if (kib > 0) {
      await shell('dd if=/dev/zero of="$1" bs=1024 count="$2" 2>/dev/null', this.#ballast, String(kib));
    }
  }

  /** Makes the space free again. */
  async clear(): Promise<void> {
    await Deno.remove(this.#ballast);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await shell('umount "$1" || umount -l "$1"', this.folder);
  }
}
