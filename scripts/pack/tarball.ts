/** Writes archives as npm's registries take them: gzipped tar (POSIX ustar), the same bytes for the same files. */

const BLOCK = 512;
const encoder = new TextEncoder();

/** npm wants everything below this folder. */
const FOLDER = "package/";

/** Files, by their paths in the package, as a .tgz. */
export async function tarball(files: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  for (const [path, text] of [...files].sort(([a], [b]) => a < b ? -1 : 1)) {
    const bytes = encoder.encode(text);
    blocks.push(header(FOLDER + path, bytes.length), padded(bytes));
  }
  blocks.push(new Uint8Array(2 * BLOCK));
  const zipped = new Blob(blocks).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  whole.set(bytes);
  return whole;
}

/** Names of more than 100 bytes are cut at a slash: up to 155 before it. */
function split(path: string): [prefix: string, name: string] {
  if (path.length <= 100) return ["", path];
  const at = path.indexOf("/", path.length - 101);
  if (at < 0 || at > 155) throw new Error(`Cannot pack ${path}: its name is too long for an archive`);
  return [path.slice(0, at), path.slice(at + 1)];
}

function header(path: string, size: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const write = (at: number, text: string) => block.set(encoder.encode(text), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0") + "\0";
  const [prefix, name] = split(path);
  write(0, name);
  write(100, octal(0o644, 7)); // mode
  write(108, octal(0, 7)); // owner
  write(116, octal(0, 7)); // group
  write(124, octal(size, 11));
  write(136, octal(0, 11)); // time: none, so that the same files are the same archive
  write(148, " ".repeat(8)); // checksum, while it is counted
  write(156, "0"); // a file
  write(257, "ustar\x0000");
  write(345, prefix);
  write(148, octal(block.reduce((sum, byte) => sum + byte, 0), 6) + " ");
  return block;
}
