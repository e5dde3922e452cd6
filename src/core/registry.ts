import type { Mod } from "./define_mod.ts";
import { ModError } from "./errors.ts";
import { didYouMean } from "./nearest.ts";

/** The mods that can be run by name. */
export class ModRegistry {
  readonly #mods = new Map<string, Mod>();

  /** Adds a mod. Throws a `TypeError` if another one has its name. */
  register(mod: Mod): void {
    const present = this.#mods.get(mod.name);
    if (present === mod) return;
    if (present !== undefined) {
      throw new TypeError(`Cannot register mod "${mod.name}": another mod has that name`);
    }
    this.#mods.set(mod.name, mod);
  }

  /** The mod of that name. Throws a `ModError` of kind configuration that suggests the nearest name. */
  get(name: string): Mod {
    const mod = this.#mods.get(name);
    if (mod !== undefined) return mod;
    const names = [...this.#mods.keys()].sort();
    throw new ModError(
      name,
      `there is no mod of that name${didYouMean(name, names)} (known: ${names.join(", ")})`,
      {
        kind: "configuration",
      },
    );
  }

  /** All mods, by name. */
  list(): readonly Mod[] {
    return [...this.#mods.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }
}
