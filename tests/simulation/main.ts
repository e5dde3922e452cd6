/**
 * Tries histories of the consumer by seed: `deno task simulate --seeds N` as many, `--seed S` one of them, `--from S` from
 * another first seed on; `--no-shrink` for who only wants to know. Exits with 1 at the first that breaks a law, and prints it made small.
 */
import { parseArgs } from "node:util";
import { report, simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    "no-shrink": { type: "boolean", default: false },
    lines: { type: "string", default: "200" },
  },
});

function* seedsFrom(first: number, count: number): Iterable<string> {
  for (let i = 0; i < count; i++) yield String(first + i);
}

const begin = performance.now();
const seeds = values.seed !== undefined
  ? [values.seed]
  : seedsFrom(Number(values.from), Number(values.seeds));
const { histories, attempts, steps, failure } = await simulate(seeds, { shrinks: !values["no-shrink"] });
const seconds = (performance.now() - begin) / 1000;
if (failure !== undefined) console.log(report(failure, Number(values.lines)));
console.log(
  `${histories} histories, ${attempts} attempts at messages, ${steps} steps in ${seconds.toFixed(1)} s ` +
    `(${Math.round(histories / seconds * 60)} histories a minute)`,
);
Deno.exit(failure === undefined ? 0 : 1);
