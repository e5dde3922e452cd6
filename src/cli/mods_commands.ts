import type { CliContext } from "./context.ts";

/** `datapy mods list` */
export async function list(this: CliContext, flags: { readonly json: boolean }): Promise<void> {
  const mods = (await this.mods()).map(({ name, description }) => ({ name, description }));
  if (flags.json) return this.machine.writeOut(`${JSON.stringify(mods, undefined, 2)}\n`);
  const width = Math.max(0, ...mods.map((mod) => mod.name.length));
  for (const { name, description } of mods) this.machine.writeOut(`${name.padEnd(width)}  ${description}\n`);
}
