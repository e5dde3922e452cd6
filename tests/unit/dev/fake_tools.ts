import type { Tools } from "../../../src/dev/shared/tools.ts";
import type { Disk } from "../../../src/runtime/disk.ts";
import type { Finished, Subprocesses } from "../../../src/runtime/subprocess.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** The answer of a broker to the question whether it is one: its length, and the correlation id that was asked with. */
const asKafka = (request: Uint8Array) => new Uint8Array([0, 0, 0, 4, ...request.subarray(8, 12)]);

/** A machine that a test makes up; its disk holds texts only. */
export class FakeMachine {
  readonly files = new Map<string, string>();
  readonly env = new Map<string, string>();
  /** Processes, by id. */
  readonly commandLines = new Map<number, string>();
  /** Ports at which a Kafka answers. */
  readonly kafkas = new Set<number>();
  /** Ports at which a PostgreSQL answers. */
  readonly postgres = new Set<number>();
  /** What commands print, by the command's first word. */
  readonly programs = new Map<string, Partial<Finished>>();
  readonly signals: string[] = [];
  readonly said: string[] = [];
  readonly clock = new ManualClock();

  tools(): Tools {
    return {
      subprocesses: this.#subprocesses(),
      ports: {
        free: (count) => Array.from({ length: count }, (_, i) => 40_000 + i),
        isFree: () => true,
        ask: (_host, port, request) =>
          this.postgres.has(port)
            ? Promise.resolve(new TextEncoder().encode("R"))
            : this.kafkas.has(port)
            ? Promise.resolve(asKafka(request))
            : Promise.reject(new Error("connection refused")),
      },
      disk: this.#disk(),
      clock: this.clock,
      report: { line: (text) => void this.said.push(text), progress() {} },
      env: (name) => this.env.get(name),
      pid: 4242,
      folder: "/home/.datapy",
    };
  }

  #subprocesses(): Subprocesses {
    const notHere = () => {
      throw new Error("this machine starts nothing");
    };
    return {
      run: (command) => {
        const found = this.programs.get(command[0] ?? "");
        const ran = { code: found === undefined ? 127 : 0, stdout: "", stderr: "", ...found };
        return Promise.resolve(ran);
      },
      start: notHere,
      startDetached: notHere,
      commandLine: (pid) => Promise.resolve(this.commandLines.get(pid) ?? ""),
      signal: (pid, signal) => {
        this.signals.push(`${signal} ${pid}`);
        if (signal !== "CONT") this.commandLines.delete(pid);
        return Promise.resolve();
      },
      denoCommand: () => [],
    };
  }

  #disk(): Disk {
    const below = (path: string) =>
      [...this.files.keys()].filter((name) => name === path || name.startsWith(`${path}/`));
    return {
      readText: (path) => Promise.resolve(this.files.get(path)),
      writeText: (path, text) => Promise.resolve(void this.files.set(path, text)),
      makeFolder: () => Promise.resolve(),
      makeTempFolder: (within, prefix) => Promise.resolve(`${within}/${prefix}1`),
      list: (path) =>
        Promise.resolve(below(path).map((name) => name.slice(path.length + 1).split("/")[0] ?? "").sort()),
      exists: (path) => Promise.resolve(below(path).length > 0),
      kindOf: (path) =>
        Promise.resolve(this.files.has(path) ? "file" : below(path).length > 0 ? "folder" : "nothing"),
      realPath: (path) => Promise.resolve(path),
      rename: (from, to) => {
        const text = this.files.get(from);
        if (text === undefined) return Promise.resolve(false);
        this.files.delete(from);
        this.files.set(to, text);
        return Promise.resolve(true);
      },
      remove: (path) => Promise.resolve(below(path).forEach((name) => this.files.delete(name))),
      lock: () => Promise.resolve({ [Symbol.dispose]() {} }),
    };
  }
}
