/** Imports mod.ts and prints what that did. */
import { before, calls, names } from "./before.ts";
import * as datapy from "../../../mod.ts";

const made = names().filter((name) => !before.includes(name));
console.log(JSON.stringify({ exports: Object.keys(datapy).length, calls, made }));
