// deno-lint-ignore-file no-empty-interface
/**
 * The mods that `runMod` knows at compile time, by name. The built-in mods are here; add your own beside `registerMod`:
 *
 * ```ts ignore
 * declare module "@datapy/datapy" {
 *   interface ModMap {
 *     my_mod: typeof myMod;
 *   }
 * }
 * ```
 */
export interface ModMap {}
