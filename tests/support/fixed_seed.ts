/**
 * Properties are tried with the same cases in each run, so that a red test is red for a reason in the change at hand.
 * `DATAPY_TEST_SEED=random` tries other ones, `DATAPY_TEST_SEED=N` those of a seed that a failure printed.
 */
import fc from "fast-check";

const wanted = Deno.env.get("DATAPY_TEST_SEED") ?? "20260101";
if (wanted !== "random") fc.configureGlobal({ seed: Number(wanted) });
