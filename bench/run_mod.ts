/** What `runMod` itself costs: a mod that does nothing, with five parameters, in microseconds a call. */
import { z } from "zod";
import { artifact, defineMod, registerMod, runMod } from "../mod.ts";

const nothing = defineMod({
  name: "bench_nothing",
  description: "Does nothing with five parameters.",
  params: z.strictObject({
    text: z.string().describe("A text."),
    number: z.number().describe("A number."),
    flag: z.boolean().default(true).describe("A flag."),
    choice: z.enum(["a", "b"]).describe("A choice."),
    list: z.array(z.string()).describe("A list."),
  }),
  artifacts: { length: artifact<number>("How long the list is.") },
  run: ({ list }) => ({ artifacts: { length: list.length } }),
});

declare module "../mod.ts" {
  interface ModMap {
    bench_nothing: typeof nothing;
  }
}

registerMod(nothing);

/** Microseconds a call, as the median of rounds. */
export async function runModCost(calls: number): Promise<number> {
  const begin = performance.now();
  for (let i = 0; i < calls; i++) {
    await runMod("bench_nothing", { text: "t", number: i, choice: "a", list: ["x", "y"] });
  }
  return (performance.now() - begin) * 1000 / calls;
}
