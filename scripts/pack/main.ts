/**
 * Makes the package for a company's npm registry: `deno task pack` writes it to dist/, or to a folder that it is given. The registry's upload takes it, or
 * `npm publish FILE --registry URL`.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makePackage } from "./package.ts";

const [folder = fileURLToPath(new URL("../../dist", import.meta.url))] = Deno.args;

const { fileName, archive } = await makePackage();
await Deno.mkdir(folder, { recursive: true });
await Deno.writeFile(join(folder, fileName), archive);
console.error(`${Math.round(archive.length / 1024)} kB`);
console.log(join(folder, fileName));
