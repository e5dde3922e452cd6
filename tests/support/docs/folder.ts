import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a reader has after `git clone`, as far as pages use it. */
const CHECKOUT = ["deno.json", "deno.lock", "mod.ts", "testing.ts", "src", "jobs", "README.md", "LICENSE"];

/**
 * A folder in which a page's snippets run: a copy of this checkout, beside which a `deno` is on the PATH. Gone when it is
 * disposed.
 */
export class PageFolder implements AsyncDisposable {
  private constructor(readonly path: string, readonly bin: string, readonly root: string) {}

  static async make(): Promise<PageFolder> {
    const root = await Deno.makeTempDir({ prefix: "datapy-docs-" });
    const [path, bin] = [join(root, "datapy"), join(root, "bin")];
    await Deno.mkdir(path);
    await Deno.mkdir(bin);
    for (const name of CHECKOUT) await copy(join(ROOT, name), join(path, name));
    await Deno.writeTextFile(join(bin, "deno"), `#!/bin/sh\nexec '${Deno.execPath()}' "$@"\n`, {
      mode: 0o755,
    });
    return new PageFolder(path, bin, root);
  }

  /** Writes a file; folders are made. */
  async write(file: string, text: string): Promise<void> {
    const path = join(this.path, file);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.root, { recursive: true });
  }
}

async function copy(from: string, to: string): Promise<void> {
  const found = await Deno.stat(from).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}
