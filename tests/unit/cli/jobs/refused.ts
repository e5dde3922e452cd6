import { runMod } from "../../../../mod.ts";

export const main = () => runMod("json_parser", { json_string: "{}", max_rows: 0 });
