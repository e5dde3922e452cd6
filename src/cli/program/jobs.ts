import type { JobLibrary, KnownJob } from "../context.ts";

/** A job that is a part of the program. */
export interface CompiledJob {
  /** Its file, from the folder in which the program was built. */
  readonly file: string;
  /** Imports it. */
  load(): Promise<{ readonly main: (args: string[]) => unknown }>;
}

/** The jobs of a program, by their names. */
export type CompiledJobs = Readonly<Record<string, CompiledJob>>;

/** The jobs of a program as commands see them: each is found by its name, and by the file that it was. */
export function compiledLibrary(jobs: CompiledJobs): Omit<JobLibrary, "exitWith"> {
  const known: readonly KnownJob[] = Object.entries(jobs).map(([name, { file }]) => ({ name, file }));
  const nameOf = (word: string) =>
    known.find(({ name, file }) => [name, file, `./${file}`].includes(word))?.name;
  return {
    areCompiledIn: true,
    list: () => Promise.resolve(known),
    kindOf: (word) => Promise.resolve(nameOf(word) === undefined ? "nothing" : "file"),
    neighbours: () => Promise.resolve([]),
    async load(word) {
      const name = nameOf(word);
      return { ...await jobs[name ?? ""]?.load() };
    },
  };
}
