export const main = () => Deno.writeTextFile("/tmp/a-plan-must-not-write", "x");
