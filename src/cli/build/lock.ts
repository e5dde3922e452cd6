/** A package in deno.lock, version 5. */
interface LockedPackage {
  readonly dependencies?: readonly string[];
  readonly optionalDependencies?: readonly string[];
  readonly [key: string]: unknown;
}

/** As much of a deno.lock as is looked at. */
export interface Lock {
  readonly version: string;
  readonly specifiers?: Readonly<Record<string, string>>;
  readonly npm?: Readonly<Record<string, LockedPackage>>;
  readonly [key: string]: unknown;
}

/** Deno itself needs glibc: a library for musl, of the same system, would only lie there. */
const OF_MUSL = /-musl(?:@|$)/;

/**
 * A lock with nothing but what a program imports: `deno compile` embeds every package of its lock, be it for tests only.
 * `roots` are packages as the lock names them, such as `zod@4.6.7`; what they need follows. What the project declares
 * elsewhere (`workspace`) is left out, so that it is not missed.
 */
export function lockOf(roots: readonly string[], { workspace: _, ...lock }: Lock): Lock {
  const all = lock.npm ?? {};
  const kept = new Map<string, LockedPackage>();
  const open = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const id = idOf(next, all);
    if (id === undefined || kept.has(id)) continue;
    const { optionalDependencies, ...rest } = all[id] ?? {};
    const optional = optionalDependencies?.filter((name) => !OF_MUSL.test(name));
    kept.set(id, optional === undefined ? rest : { ...rest, optionalDependencies: optional });
    open.push(...rest.dependencies ?? [], ...optional ?? []);
  }
  const specifiers = Object.entries(lock.specifiers ?? {}).filter(([specifier, version]) =>
    !specifier.startsWith("npm:") || kept.has(`${nameOf(specifier.slice("npm:".length))}@${version}`)
  );
  const npm = Object.fromEntries([...kept].sort(([a], [b]) => a < b ? -1 : 1));
  return { ...lock, specifiers: Object.fromEntries(specifiers), npm };
}

/** The lock writes a dependency by its name alone where there is one version of it. */
function idOf(written: string, all: Readonly<Record<string, unknown>>): string | undefined {
  if (Object.hasOwn(all, written)) return written;
  const ids = Object.keys(all);
  return ids.find((id) => nameOf(id) === written) ?? ids.find((id) => id.startsWith(`${written}_`));
}

const nameOf = (id: string): string => id.replace(/(?<=.)@.*$/, "");
