/** Sources of another project. */

/** A job with a mod of its own. Its zod is named in it: whose version it is does not matter. */
export const JOB = `import { z } from "npm:zod@4.6.7";
import { artifact, defineMod, registerMod, runMod, toRows } from "@datapy/datapy";

const addUp = defineMod({
  name: "add_up",
  description: "Adds up.",
  params: z.strictObject({ numbers: z.array(z.number()).describe("What to add up.") }),
  artifacts: { sum: artifact<number>("The sum.") },
  run: ({ numbers }) => ({ artifacts: { sum: numbers.reduce((a, b) => a + b, 0) } }),
});

declare module "@datapy/datapy" {
  interface ModMap {
    add_up: typeof addUp;
  }
}
registerMod(addUp);

const parsed = await runMod("json_parser", { json_string: '[{"n": 1}, {"n": 2}]' });
const numbers = toRows(parsed.artifacts.data).map(({ n }) => Number(n));
const { sum } = (await runMod("add_up", { numbers })).artifacts;
const three: number = sum;
console.log(three);
`;

/** The compiler must refuse each of these, or it knows no types at all. */
export const WRONG = `${JOB}
export const wrong = [
  // @ts-expect-error there is no such mod
  () => runMod("add_upp", {}),
  // @ts-expect-error these are no numbers
  () => runMod("add_up", { numbers: ["1"] }),
  // @ts-expect-error a built-in mod's parameter is mistyped
  () => runMod("json_parser", { json_strin: "{}" }),
  // @ts-expect-error the artifact is a number
  () => sum satisfies string,
];
`;
