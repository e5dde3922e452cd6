import { runApp } from "../../../src/cli/app.ts";
import type { DatabaseSettings, Plan } from "../../../src/cli/check/report.ts";
import { connectionOf, connectorOnly } from "../../../src/cli/connection.ts";
import type { CliContext } from "../../../src/cli/context.ts";
import { jobName } from "../../../src/cli/job_search.ts";
import { type NewLibrary, systemNewLibrary } from "../../../src/cli/new/library.ts";
import { StopSignals } from "../../../src/control/stop_signals.ts";
import type { Kafka, KafkaStatus } from "../../../src/dev/kafka/mod.ts";
import { defineMod, type Mod } from "../../../src/core/define_mod.ts";
import { z } from "../../../src/deps/zod.ts";
import { memoryAdmin } from "../../../src/kafka/memory/admin.ts";
import { MemoryBroker } from "../../../src/kafka/memory/broker.ts";
import { MemoryDriver } from "../../../src/kafka/memory/driver.ts";
import type { Process } from "../../../src/runtime/process.ts";
import type { Clock } from "../../../src/runtime/clock.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** What a command line printed, and its exit code. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What a test makes up of the world behind the command line. */
export interface World {
  readonly kafka?: Partial<Kafka> | Error;
  readonly status?: KafkaStatus;
  /** What stands behind `postgres`. */
  readonly postgres?: Partial<CliContext["postgres"]>;
  readonly down?: "stopped" | "was_not_running" | "left_alone";
  /** What modules export, by their paths; an error is thrown while they are loaded. */
  readonly jobs?: Readonly<Record<string, Readonly<Record<string, unknown>> | Error>>;
  /** How a job is run to its end; its main is called otherwise. */
  readonly exitWith?: CliContext["jobs"]["exitWith"];
  readonly terminal?: boolean;
  /** The Kafka that `memory:9092` leads to. */
  readonly broker?: MemoryBroker;
  readonly env?: Readonly<Record<string, string>>;
  /** Files, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Somebody types. */
  readonly typing?: boolean;
  /** Whoever reads the output goes away after so many lines. */
  readonly linesRead?: number;
  readonly mods?: readonly Mod[];
  readonly check?: {
    readonly typeErrors?: string;
    readonly plan?: (path: string, contextFile: string | undefined) => Plan;
    readonly database?: (settings: DatabaseSettings) => Promise<void>;
  };
  readonly clock?: Clock;
  readonly stopSignals?: StopSignals;
  /** Whether the jobs are parts of a compiled program. */
  readonly areCompiledIn?: boolean;
  /** What stands behind `build`. */
  readonly builds?: Partial<CliContext["builds"]>;
  /** What stands behind `new`, where it is not the real one. */
  readonly projects?: Partial<NewLibrary>;
}

/** Runs one command line in a made-up world. */
export async function datapy(words: readonly string[], world: World = {}): Promise<Printed> {
  let [out, err] = ["", ""];
  const isTerminal = world.terminal ?? false;
  const machine: Process = {
    env: (name) => world.env?.[name],
    writeOut: (text) => void (out += text),
    get outIsClosed() {
      return out.split("\n").length > (world.linesRead ?? Infinity);
    },
    writeError: (text) => void (err += text),
    outIsTerminal: isTerminal,
    errorIsTerminal: isTerminal,
    args: words,
    pid: 1,
    exit: (code) => {
      throw new Error(`exit ${code}`);
    },
  };
  const stream = (write: (text: string) => void) => ({ write, getColorDepth: () => isTerminal ? 4 : 1 });
  const jobs = world.jobs ?? {};
  const driver = new MemoryDriver(world.broker ?? new MemoryBroker());
  const clock = world.clock ?? new ManualClock();
  const files = {
    readTextSync(path: string): string {
      const text = world.files?.[path];
      if (text === undefined) throw new Deno.errors.NotFound(path);
      return text;
    },
    readText: (path: string) => Promise.resolve(files.readTextSync(path)),
    makeFolder: () => Promise.resolve(),
  };
  const context: CliContext = {
    process: { stdout: stream(machine.writeOut), stderr: stream(machine.writeError) },
    machine,
    clock,
    stopSignals: world.stopSignals ??
      new StopSignals({ onSignal: () => ({ [Symbol.dispose]() {} }) }, machine),
    input: {
      stdin: () => pieces(world.stdin ?? ""),
      stdinIsTerminal: world.typing ?? false,
      async *file(path) {
        yield await files.readText(path).then((text) => new TextEncoder().encode(text));
      },
    },
    brokers: {
      connection: (named, log) => connectionOf(named, { env: machine.env, files, driver, clock, log }),
      openAdmin: memoryAdmin(driver.broker),
    },
    builds: {
      jobsIn: () => Promise.resolve([]),
      build: () => Promise.reject(new Error("this world has no compiler")),
      ...world.builds,
    },
    checks: {
      typeErrors: () => Promise.resolve(world.check?.typeErrors ?? ""),
      plan: (path, contextFile) => Promise.resolve(world.check?.plan?.(path, contextFile) ?? NO_PLAN),
      connection: (params, log) => connectorOnly(params, { env: machine.env, files, driver, clock, log }),
      database: (settings) => world.check?.database?.(settings) ?? Promise.resolve(),
    },
    kafka: {
      start: ({ report }) => {
        report?.progress("Downloading ... 1 s");
        report?.line("Starting Kafka");
        if (world.kafka instanceof Error) return Promise.reject(world.kafka);
        const kafka: Kafka = {
          engine: "jvm",
          bootstrap: "localhost:9092",
          listeners: {},
          fresh: true,
          [Symbol.asyncDispose]: () => Promise.resolve(),
          ...world.kafka,
        };
        return Promise.resolve(kafka);
      },
      stop: () => Promise.resolve(world.down ?? "stopped"),
      status: () => Promise.resolve(world.status ?? { kind: "down" }),
    },
    projects: { ...systemNewLibrary, ...world.projects },
    postgres: {
      start: () => Promise.reject(new Error("this world has no PostgreSQL")),
      stop: () => Promise.resolve("was_not_running"),
      status: () => Promise.resolve({ kind: "down" }),
      ...world.postgres,
    },
    jobs: {
      ...(world.areCompiledIn === undefined ? {} : { areCompiledIn: world.areCompiledIn }),
      list: () => Promise.resolve(Object.keys(jobs).map((file) => ({ name: jobName(file), file }))),
      kindOf: (path) => Promise.resolve(path === "jobs" ? "folder" : path in jobs ? "file" : "nothing"),
      neighbours: () =>
        Promise.resolve(Object.keys(jobs).map((path) => path.slice(path.lastIndexOf("/") + 1))),
      load: (path) =>
        jobs[path] instanceof Error ? Promise.reject(jobs[path]) : Promise.resolve(jobs[path] ?? {}),
      exitWith: world.exitWith ?? (async (main) => await main()),
    },
    mods: () =>
      Promise.resolve(
        world.mods ?? [modNamed("json_parser", "Reads JSON."), modNamed("data_mapper", "Maps columns.")],
      ),
  };
  const code = await runApp(words, context);
  return { code, out, err };
}

const NO_PLAN: Plan = { calls: [], references: [], topics: [], databases: [], end: "complete", message: "" };

/** A text in pieces of three bytes, as no line ends. */
async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 3) {
    await Promise.resolve();
    yield bytes.slice(at, at + 3);
  }
}

function modNamed(name: string, description: string): Mod {
  return defineMod({
    name,
    description,
    params: z.strictObject({}),
    artifacts: {},
    run: () => ({ artifacts: {} }),
  });
}
