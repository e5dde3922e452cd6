import { createHash } from "node:crypto";
import { join } from "node:path";
import { ConfigurationError } from "../../core/errors.ts";
import type { Tools } from "../shared/tools.ts";

/** Who runs the server, and where it keeps what it has. */
export interface Account {
  /** What comes before a command so that it runs as that user; nothing where this process is not root. */
  readonly prefix: readonly string[];
  /** `uid:gid` of that user; undefined where it is the one who runs this process. */
  readonly owner: string | undefined;
  /** Where everything of PostgreSQL is kept, absolute: a folder that the user can enter. */
  readonly folder: string;
  /** Whether that is not our own folder, which the user cannot enter. */
  readonly isElsewhere: boolean;
}

/** Prints the ids of the user `postgres`, or of `nobody`. */
const OTHER_USER =
  "id -u postgres >/dev/null 2>&1 && echo $(id -u postgres):$(id -g postgres) || echo 65534:65534";

/**
 * PostgreSQL refuses to run as root, as which containers and CI often run: it is run as the user `postgres` then, or as
 * nobody. Where that user cannot enter our folder (one below /root, say) the temporary folder takes its place.
 */
export async function accountFor(tools: Tools): Promise<Account> {
  const { subprocesses, disk, folder } = tools;
  await disk.makeFolder(folder);
  const id = (await subprocesses.run(["id", "-u"])).stdout.trim();
  if (id !== "0") return { prefix: [], owner: undefined, folder, isElsewhere: false };
  const owner = (await subprocesses.run(["sh", "-c", OTHER_USER])).stdout.trim();
  const [user, group] = owner.split(":");
  const ways = [
    ["setpriv", `--reuid=${user}`, `--regid=${group}`, "--clear-groups"],
    ["chroot", `--userspec=${owner}`, "/"],
  ];
  for (const prefix of ways) {
    if ((await subprocesses.run([...prefix, "true"])).code !== 0) continue;
    const canEnter = await subprocesses.run([...prefix, "sh", "-c", 'cd "$1"', "sh", folder]);
    if (canEnter.code === 0) return { prefix, owner, folder, isElsewhere: false };
    return { prefix, owner, folder: await folderForAll(tools), isElsewhere: true };
  }
  throw new ConfigurationError(
    "Cannot start PostgreSQL: it refuses to run as root, and neither setpriv nor chroot can run it as another user here; " +
      "run this command as another user",
  );
}

/** A folder of the same owner and for the same folder of ours that everybody can enter. */
async function folderForAll({ subprocesses, folder, env }: Tools): Promise<string> {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  const path = join(env("TMPDIR") ?? "/tmp", `datapy-postgres-${hash}`);
  // a folder of that name that is somebody else's is not taken
  const made = 'mkdir -p -m 755 "$1" && [ -O "$1" ] && [ ! -L "$1" ]';
  if ((await subprocesses.run(["sh", "-c", made, "sh", path])).code === 0) return path;
  throw new ConfigurationError(`Cannot start PostgreSQL: ${path} is not ours, or cannot be made`);
}

/** Gives a file or folder, with all in it, to the user who runs the server. */
export async function handOver(tools: Tools, { owner }: Account, path: string): Promise<void> {
  if (owner !== undefined) await tools.subprocesses.run(["chown", "-R", owner, path]);
}
