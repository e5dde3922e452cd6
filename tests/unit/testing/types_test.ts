/** What the compiler must accept and refuse of the options of a test. */
import { UnavailableError } from "../../../mod.ts";
import type { RunOptions } from "../../../testing.ts";

const down = new UnavailableError("down");

Deno.test("RunOptions know the mods, their parameters and their artifacts", () => {
  const _options: RunOptions[] = [
    { mods: { database_insert: ({ url }) => ({ rows_written: { [url]: 1 } }) } },
    { mods: { json_parser: () => Promise.resolve({ data: { a: 1 } }) } },
    { fail: { database_insert: { call: 1, with: down } }, stop: { after: 1 } },
    {
      fail: {
        json_parser: [{ call: 1, with: down }, { call: 3, times: Infinity, with: down, when: "after" }],
      },
    },
    { crash: { at: { mod: "kafka_producer", call: 1, when: "after" } }, stop: new AbortController().signal },
    // @ts-expect-error there is no such mod
    { mods: { database_inser: () => ({ rows_written: {} }) } },
    // @ts-expect-error it hands on another artifact
    { mods: { database_insert: () => ({ rows: {} }) } },
    // @ts-expect-error it has no such parameter
    { mods: { database_insert: ({ adress }) => ({ rows_written: { [adress]: 1 } }) } },
    // @ts-expect-error only errors are thrown
    { fail: { database_insert: { call: 1, with: "down" } } },
    // @ts-expect-error there is no such mod
    { stop: { at: { mod: "database_inser", call: 1 } } },
  ];
});
