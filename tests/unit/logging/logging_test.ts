import assert from "node:assert/strict";
import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";
import {
  loggerFor,
  type LoggingProcess,
  setContextLevel,
  setupLogging,
} from "../../../src/logging/logging.ts";

/** What a process is to logging. */
class FakeProcess implements LoggingProcess {
  readonly written: string[] = [];
  constructor(readonly variables: Record<string, string> = {}, readonly errorIsTerminal = false) {}

  env(name: string): string | undefined {
    return this.variables[name];
  }

  writeError(text: string): void {
    this.written.push(text);
  }

  /** What was written, without the times. */
  get lines(): string[] {
    return this.written.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, "TIME"));
  }
}

/** Logging is one for the process: each test begins without any, and leaves none. */
function test(name: string, run: () => void): void {
  Deno.test(name, () => {
    resetSync();
    try {
      run();
    } finally {
      setupLogging({ name: "job" }, new FakeProcess());
      resetSync();
    }
  });
}

function logAll(mod?: string): void {
  const log = loggerFor(mod);
  log.debug("d");
  log.info("i");
  log.warning("w");
  log.error("e");
  log.critical("c");
}

test("setupLogging writes each level from its own on, at once", () => {
  const levels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];
  for (const [i, level] of levels.entries()) {
    const process = new FakeProcess();
    setupLogging({ level, name: "orders.ts" }, process);
    logAll("kafka_consumer");
    assert.deepEqual(
      process.lines,
      levels.slice(i).map((name) => `TIME\t${name}\tkafka_consumer\t${name[0]?.toLowerCase()}\n`),
    );
  }
});

test("loggerFor without a name logs as the job", () => {
  const process = new FakeProcess();
  setupLogging({ name: "orders.ts" }, process);
  loggerFor().info("started");
  assert.deepEqual(process.lines, ["TIME\tINFO\torders.ts\tstarted\n"]);
});

test("a logger made before setupLogging obeys it, and a second setupLogging replaces the first", () => {
  const log = loggerFor("kafka_consumer");
  const first = new FakeProcess();
  const second = new FakeProcess();
  setupLogging({ level: "ERROR" }, first);
  log.info("not shown");
  setupLogging({ level: "INFO" }, second);
  log.info("shown");
  assert.deepEqual([first.lines, second.lines], [[], ["TIME\tINFO\tkafka_consumer\tshown\n"]]);
});

test("setContextLevel counts after setupLogging and before it, and less than LOG_LEVEL", () => {
  const process = new FakeProcess();
  setupLogging({ level: "CRITICAL" }, process);
  setContextLevel("ERROR");
  logAll("m");
  assert.deepEqual(process.lines, ["TIME\tERROR\tm\te\n", "TIME\tCRITICAL\tm\tc\n"]);

  const strict = new FakeProcess({ LOG_LEVEL: "CRITICAL" });
  setupLogging({ level: "DEBUG", contextLevel: "DEBUG" }, strict);
  logAll("m");
  assert.deepEqual(strict.lines, ["TIME\tCRITICAL\tm\tc\n"]);
});

test("setupLogging refuses an unknown level or format, and logs at INFO so that it can be told", () => {
  const process = new FakeProcess();
  assert.throws(() => setupLogging({ level: "LOUD", name: "orders.ts" }, process), /level to "LOUD"/);
  logAll();
  assert.equal(process.lines.length, 4);
  assert.throws(() => setContextLevel("LOUD"), /from processing\.log_level of the context/);
  assert.throws(() => setupLogging({}, new FakeProcess({ LOG_FORMAT: "xml" })), {
    name: "ConfigurationError",
    message: 'Cannot log in the format "xml" (from the variable LOG_FORMAT): expected text or json',
  });
});

test("setupLogging writes JSON lines where LOG_FORMAT says so, without colours", () => {
  const process = new FakeProcess({ LOG_FORMAT: "json" }, true);
  setupLogging({ name: "orders.ts" }, process);
  loggerFor("kafka_consumer").warning("Retry attempt 2/3 {offset}", { offset: 15n });
  const { time, ...line } = JSON.parse(process.written.join(""));
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(line, {
    level: "WARNING",
    mod: "kafka_consumer",
    job: "orders.ts",
    message: "Retry attempt 2/3 {offset}",
    fields: { offset: 15 },
  });
});

test("setupLogging colours on a terminal only, and not with NO_COLOR or on a dumb one", () => {
  const coloured = (variables: Record<string, string>, terminal: boolean) => {
    const process = new FakeProcess(variables, terminal);
    setupLogging({}, process);
    loggerFor("m").info("x");
    return process.written.join("").includes("\x1b[");
  };
  assert.equal(coloured({}, true), true);
  assert.equal(coloured({}, false), false);
  assert.equal(coloured({ NO_COLOR: "1" }, true), false);
  assert.equal(coloured({ NO_COLOR: "" }, true), true);
  assert.equal(coloured({ TERM: "dumb" }, true), false);
});

test("a line that cannot be written does not harm the job", () => {
  setupLogging({}, {
    env: () => undefined,
    errorIsTerminal: false,
    writeError() {
      throw new Error("No space left on device");
    },
  });
  logAll("m");
});

test("a user's own logtape configuration gets our events, below the category datapy", () => {
  const records: LogRecord[] = [];
  configureSync({
    sinks: { mine: (record) => void records.push(record) },
    loggers: [{ category: "datapy", sinks: ["mine"] }, { category: ["logtape", "meta"], sinks: [] }],
  });
  loggerFor("kafka_consumer").info("hello {x}", { offset: 1 });
  const [record] = records;
  assert.deepEqual([record?.category, record?.rawMessage, record?.properties], [
    ["datapy", "kafka_consumer"],
    "hello {x}",
    { offset: 1 },
  ]);
});
