/** Imported before mod.ts: what the process looks like then, and what is called while mod.ts is loaded. */
import process from "node:process";

/** Names of globals, and of what the process listens to. */
export const names = (): string[] => [
  ...Object.getOwnPropertyNames(globalThis),
  ...process.eventNames().map((name) => `process.on ${String(name)}`),
];

/** What was called while mod.ts was loaded, with its first argument. */
export const calls: string[] = [];

/** Takes note of each call of a method, and lets it happen. */
function watch(owner: object, name: string): void {
  const original = Reflect.get(owner, name) as (...args: unknown[]) => unknown;
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
    calls.push(`${name}(${String(args[0]).slice(0, 60)})`);
    return original.apply(this, args);
  });
}

for (
  const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch", "addEventListener"]
) {
  watch(globalThis, name);
}
for (const name of ["addSignalListener", "exit", "listen", "connect"]) watch(Deno, name);
for (const name of ["get", "has", "set", "toObject"]) watch(Deno.env, name);

export const before: readonly string[] = names();
