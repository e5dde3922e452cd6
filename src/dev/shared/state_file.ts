import { join } from "node:path";
import type { z } from "../../deps/zod.ts";
import type { Tools } from "./tools.ts";

/** Where `up` remembers what it has left running. */
export interface StateFile<T> {
  /** The state as it was written; undefined where there is none, or none that can be read. */
  read(tools: Tools): Promise<T | undefined>;
  write(tools: Tools, state: T): Promise<void>;
  remove(tools: Tools): Promise<void>;
}

/** The state in a file of the folder where everything is kept. */
export function stateFile<T>(name: string, schema: z.ZodType<T>): StateFile<T> {
  const path = (tools: Tools) => join(tools.folder, name);
  return {
    async read(tools) {
      const text = await tools.disk.readText(path(tools));
      if (text === undefined) return undefined;
      try {
        return schema.parse(JSON.parse(text));
      } catch {
        return undefined; // of another version, or edited: as if there were none
      }
    },
    write: (tools, state) => tools.disk.writeText(path(tools), `${JSON.stringify(state, undefined, 2)}\n`),
    remove: (tools) => tools.disk.remove(path(tools)),
  };
}
