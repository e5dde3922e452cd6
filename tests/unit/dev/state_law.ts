import assert from "node:assert/strict";
import fc from "fast-check";
import type { Tools } from "../../../src/dev/shared/tools.ts";
import { FakeMachine } from "./fake_tools.ts";

/** A state file: what was written is read, until it is removed; a file that cannot be read is none. */
export async function assertRemembers<T extends object>(
  name: string,
  states: fc.Arbitrary<T>,
  read: (tools: Tools) => Promise<T | undefined>,
  write: (tools: Tools, state: T) => Promise<void>,
  remove: (tools: Tools) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(states, async (state) => {
    const tools = new FakeMachine().tools();
    await write(tools, state);
    assert.deepEqual(await read(tools), { ...state });
    await remove(tools);
    assert.equal(await read(tools), undefined);
  }));
  const machine = new FakeMachine();
  const [state] = fc.sample(states, 1);
  const more = JSON.stringify({ ...state, surplus: 1 });
  for (const text of ["", "{", "{}", '{"engine":"cloud"}', more]) {
    machine.files.set(`/home/.datapy/${name}`, text);
    assert.equal(await read(machine.tools()), undefined, text);
  }
}
