/** Prints where the package of npm that is named on its command line lies, after Deno has fetched it where it was not. */
import process from "node:process";
import { fileURLToPath } from "node:url";

const [specifier = ""] = process.argv.slice(2);
await import(specifier);
process.stdout.write(`${fileURLToPath(new URL("..", import.meta.resolve(specifier)))}\n`);
