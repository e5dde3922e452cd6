/**
 * Writes rows until the file may not grow any more, and tells how each write ended. It sets the limit itself, after the
 * first write, so that Deno's own caches do not meet it; the signal that comes with it must be ignored by the shell.
 */
import { errorText, kindOf } from "../../../src/core/errors.ts";
import { openDatabase } from "../../../src/database/open.ts";
import { tableWrite } from "./support.ts";

const RLIMIT_FSIZE = 1;

function limitFileSize(bytes: number): void {
  const name = Deno.build.os === "darwin" ? "libSystem.dylib" : "libc.so.6";
  const libc = Deno.dlopen(name, { setrlimit: { parameters: ["i32", "buffer"], result: "i32" } });
  const limit = new BigUint64Array([BigInt(bytes), BigInt(bytes)]);
  if (libc.symbols.setrlimit(RLIMIT_FSIZE, limit) !== 0) throw new Error("The limit could not be set");
  libc.close();
}

const url = Deno.args[0] ?? "";
const outcomes: string[] = [];
for (let id = 0; id < 40; id++) {
  const text = Array.from({ length: 1000 }, () => crypto.randomUUID()).join("");
  try {
    const database = await openDatabase(url);
    await database.write([tableWrite({ table: "t", rows: [{ id, text }], createTable: true })]);
    outcomes.push("written");
  } catch (error) {
    outcomes.push(`${kindOf(error)}: ${errorText(error)}`);
  }
  if (id === 0) limitFileSize(500_000);
}
await (await openDatabase(url)).close();
console.log(JSON.stringify(outcomes));
