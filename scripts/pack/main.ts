/**
 * Makes the package for a company's npm registry: `deno task pack` writes it to dist/. The registry's upload takes it, or
 * `npm publish FILE --registry URL`.
 */
import { makePackage } from "./package.ts";

const DIST = new URL("../../dist/", import.meta.url);

const { fileName, archive } = await makePackage();
await Deno.mkdir(DIST, { recursive: true });
await Deno.writeFile(new URL(fileName, DIST), archive);
console.error(`${Math.round(archive.length / 1024)} kB`);
console.log(`dist/${fileName}`);
