import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { systemNewLibrary } from "../../../src/cli/new/library.ts";
import { PATTERN_NAMES, PATTERNS } from "../../../src/cli/new/patterns.ts";
import type { NewFiles } from "../../../src/runtime/new_files.ts";
import type { Questions } from "../../../src/runtime/questions.ts";
import { datapy, type Printed } from "./fake_context.ts";

/** A disk in memory; a file that appears meanwhile was not there when it was looked for. */
class MemoryFiles implements NewFiles {
  readonly texts = new Map<string, string>();
  readonly appearing: string[] = [];

  exists(path: string): Promise<boolean> {
    return Promise.resolve(this.texts.has(path) || path.endsWith("/mod.ts"));
  }

  create(path: string, text: string): Promise<boolean> {
    if (this.texts.has(path) || this.appearing.includes(path)) return Promise.resolve(false);
    this.texts.set(path, text);
    return Promise.resolve(true);
  }

  remove(path: string): Promise<void> {
    this.texts.delete(path);
    return Promise.resolve();
  }
}

/** Somebody who gives these answers, and then ends the input. */
function answering(...answers: string[]): Questions & { readonly asked: string[] } {
  const asked: string[] = [];
  return { canAsk: true, asked, ask: (question) => (asked.push(question), answers.shift()) };
}

const nobody: Questions = { canAsk: false, ask: () => assert.fail("nobody is there to ask") };

interface Made extends Printed {
  readonly files: MemoryFiles;
}

/** Runs `datapy new` away from this repository, unless told otherwise. */
async function make(words: readonly string[], questions = nobody, files = new MemoryFiles()): Promise<Made> {
  const home = { ...systemNewLibrary.home, package: "npm:@datapy/datapy@1.2.3" };
  const printed = await datapy(["new", ...words], { projects: { home, questions, files } });
  return { ...printed, files };
}

const PROJECT = [
  "billing.ts",
  "billing_context.json",
  "billing_test.ts",
  "deno.json",
  ".gitignore",
  "README.md",
];

Deno.test("datapy new makes a project in a folder of its name, and prints its files", async () => {
  const { code, out, files } = await make(["billing", "--pattern", "transform"]);
  assert.equal(code, 0);
  assert.deepEqual([...files.texts.keys()], PROJECT.map((name) => `billing/${name}`));
  assert.equal(out, PROJECT.map((name) => `billing/${name}\n`).join(""));
  const { imports, tasks } = JSON.parse(files.texts.get("billing/deno.json") ?? "");
  assert.deepEqual(imports, { "@datapy/datapy": "npm:@datapy/datapy@1.2.3" });
  assert.deepEqual(Object.keys(tasks), ["run", "test", "check"]);
});

Deno.test("datapy new --json prints a line of JSON for each file", async () => {
  const { out } = await make(["billing", "--pattern", "transform", "--json", "--folder", "a/b"]);
  const paths = out.trim().split("\n").map((line) => (JSON.parse(line) as { path: string }).path);
  assert.deepEqual(paths, PROJECT.map((name) => `a/b/${name}`));
});

Deno.test("datapy new makes a job in jobs/ where it runs in this repository", async () => {
  const files = new MemoryFiles();
  const root = new URL("../../../", import.meta.url);
  assert.equal(`${Deno.cwd()}/`, fileURLToPath(root), "tests run in the repository's root");
  const world = { projects: { questions: nobody, files } };
  const { code, err } = await datapy(["new", "billing", "--pattern", "transform"], world);
  assert.equal(code, 0, err);
  assert.deepEqual([...files.texts.keys()], PROJECT.slice(0, 3).map((name) => `jobs/${name}`));
  assert.match(files.texts.get("jobs/billing.ts") ?? "", /from "\.\.\/mod\.ts"/);
  assert.match(err, /deno task run jobs\/billing\.ts/);
});

for (const pattern of PATTERN_NAMES) {
  Deno.test(`datapy new --pattern ${pattern} leaves nothing of the job that it is made from`, async () => {
    const { code, err, files } = await make(["billing", "--pattern", pattern]);
    assert.equal(code, 0, err);
    const job = files.texts.get("billing/billing.ts") ?? "";
    assert.match(job, /setupLogging\("INFO", "billing"\)/);
    assert.match(job, /billing_context\.json/);
    for (const text of files.texts.values()) assert.doesNotMatch(text, /"\.\.\/|kafka_context/);
    const from = PATTERNS[pattern].job;
    assert.ok(!files.texts.get("billing/billing_test.ts")?.includes(`./${from}.ts`));
  });

  Deno.test(`datapy new --pattern ${pattern} writes a context with what the job reads, and its own group`, async () => {
    const { files } = await make(["billing", "--pattern", pattern]);
    const job = files.texts.get("billing/billing.ts") ?? "";
    const context = JSON.parse(files.texts.get("billing/billing_context.json") ?? "") as Record<
      string,
      object
    >;
    const keys = Object.entries(context).flatMap(([section, values]) =>
      Object.keys(values).map((key) => `${section}.${key}`)
    );
    for (const key of keys) {
      assert.ok(key === "processing.log_level" || job.includes(key), `${key} is not read`);
    }
    for (const [, key = ""] of job.matchAll(/"\$\{([a-z_]+\.[a-z_]+)\}"/g)) {
      assert.ok(keys.includes(key), `${key} is missing`);
    }
    const groups = Object.values(context).flatMap((values) =>
      Object.entries(values).filter(([key]) => key === "consumer_group").map(([, value]) => value)
    );
    assert.deepEqual(groups, ["billing"]);
    const { topic, database } = PATTERNS[pattern];
    for (const key of [topic, database]) {
      assert.ok(key === undefined || keys.includes(key), `${key} is no key`);
    }
    assert.match(files.texts.get("billing/README.md") ?? "", new RegExp(`_INPUT_TOPIC\` over \`${topic}\``));
    assert.doesNotMatch(JSON.stringify(context), /"password":"[^"]/);
  });
}

Deno.test("datapy new writes the database that it is told, and one of its own otherwise", async () => {
  const urlOf = ({ files }: Made) =>
    JSON.parse(files.texts.get("billing/billing_context.json") ?? "").database.url;
  assert.equal(urlOf(await make(["billing", "--pattern", "to-db"])), "duckdb:data/billing.duckdb");
  const url = "postgres://app@db.example:5432/billing";
  assert.equal(urlOf(await make(["billing", "--pattern", "to-db", "--database", url])), url);
});

Deno.test("datapy new never overwrites: it lists what is there, and writes nothing", async () => {
  const files = new MemoryFiles();
  files.texts.set("billing/deno.json", "mine").set("billing/billing.ts", "mine");
  const { code, out, err } = await make(["billing", "--pattern", "route"], nobody, files);
  assert.deepEqual([code, out], [64, ""]);
  assert.match(err, /billing\/billing\.ts\n {2}billing\/deno\.json\nNothing was written/);
  assert.deepEqual([...files.texts.values()], ["mine", "mine"]);
});

Deno.test("datapy new takes back what it wrote where a file appears meanwhile", async () => {
  const files = new MemoryFiles();
  files.appearing.push("billing/deno.json");
  const { code, err } = await make(["billing", "--pattern", "route"], nobody, files);
  assert.equal(code, 64);
  assert.match(err, /billing\/deno\.json/);
  assert.deepEqual([...files.texts], []);
});

Deno.test("datapy new says which flag is missing where nobody can be asked", async () => {
  const cases: [words: string[], says: RegExp][] = [
    [[], /NAME and --pattern \(to-db, transform, route, long\) are missing/],
    [["billing"], /: --pattern \(.*\) is missing/],
    [["--pattern", "route"], /: NAME is missing/],
  ];
  for (const [words, says] of cases) {
    const { code, out, err, files } = await make(words);
    assert.deepEqual([code, out, files.texts.size], [64, "", 0]);
    assert.match(err, says);
  }
});

Deno.test("datapy new refuses names that are no file's or group's, and databases that it does not know", async () => {
  const wrong: [words: string[], says: RegExp][] = [
    ...["Billing", "1st", "a b", "../billing", "a/b", "", "bill\n", "con", "x".repeat(65), "billing_test"]
      .map((name): [string[], RegExp] => [[name, "--pattern", "route"], /Cannot name a job/]),
    [["billing", "--pattern", "to-db", "--database", "mysql://x/y"], /Cannot use "mysql/],
    [
      ["billing", "--pattern", "to-db", "--database", "postgres://app:hunter2@db/x"],
      /A password does not belong .* in DATABASE_URL, or in a mounted file that DATABASE_URL_FILE names/,
    ],
    [
      ["billing", "--pattern", "long", "--database", "postgres://app@db/x?password=hunter2"],
      /A password does not belong .* in SCORING_DATABASE_URL, or/,
    ],
    [["billing", "--pattern", "to-db", "--database", "mysql://app@db/x?password=1"], /Cannot use/],
    [["billing", "--pattern", "route", "--database", "duckdb:a.duckdb"], /writes to no database/],
    [["billing", "--pattern", "sideways"], /--pattern is "sideways"/],
  ];
  for (const [words, says] of wrong) {
    const { code, err, files } = await make(words);
    assert.deepEqual([code, files.texts.size], [64, 0], words.join(" "));
    assert.match(err, says);
    assert.doesNotMatch(err, /hunter2/);
  }
});

Deno.test("datapy new --context begins with the settings of that file, as far as the job reads them", async () => {
  const context = {
    kafka: { bootstrap_servers: "kafka.example:9093", password: "hunter2", consumer_group: "another" },
    database: { url: "duckdb:another.duckdb" },
  };
  const files = new MemoryFiles();
  const home = { ...systemNewLibrary.home, package: "npm:@datapy/datapy@1.2.3" };
  const world = { projects: { home, questions: nobody, files, contextFile: () => context } };
  const { code, err } = await datapy(["new", "billing", "--pattern", "to-db", "--context", "c.json"], world);
  assert.equal(code, 0, err);
  const text = files.texts.get("billing/billing_context.json") ?? "";
  const { kafka, database } = JSON.parse(text);
  assert.deepEqual([kafka.bootstrap_servers, kafka.input_topic], ["kafka.example:9093", "orders"]);
  assert.deepEqual([kafka.consumer_group, database.url], ["billing", "duckdb:data/billing.duckdb"]);
  assert.doesNotMatch(text, /hunter2/);
  const missing = await make(["billing", "--pattern", "route", "--context", "nowhere.json"]);
  assert.equal(missing.code, 78);
  assert.match(missing.err, /Cannot read the context file nowhere.json/);
});

Deno.test("datapy new asks for what is missing, again where the answer is wrong, and takes the usual for an empty line", async () => {
  const questions = answering("Bill", "billing", "9", "to-db", "nowhere", "");
  const { code, err, files } = await make([], questions);
  assert.equal(code, 0, err);
  assert.equal(questions.asked.length, 6);
  assert.match(questions.asked[1] ?? "", /^Cannot name a job "Bill"/);
  assert.match(questions.asked[3] ?? "", /^There is no pattern "9"/);
  assert.match(files.texts.get("billing/billing_context.json") ?? "", /duckdb:data\/billing\.duckdb/);
});

Deno.test("datapy new asks nothing that the command line says, and makes nothing where the input ends", async () => {
  const all = answering();
  assert.equal((await make(["billing", "--pattern", "route"], all)).code, 0);
  assert.deepEqual(all.asked, []);
  const { code, err, files } = await make(["billing"], answering());
  assert.deepEqual([code, files.texts.size], [64, 0]);
  assert.match(err, /Nothing was made/);
});

Deno.test("datapy new imports the framework from where --framework says", async () => {
  const importsFor = async (target: string) => {
    const { code, err, files } = await make(["billing", "--pattern", "route", "--framework", target]);
    assert.equal(code, 0, err);
    const config = JSON.parse(files.texts.get("billing/deno.json") ?? "");
    return { imports: config.imports as Record<string, string>, run: config.tasks.run as string };
  };
  const folder = await importsFor("../datapy");
  assert.equal(folder.imports["@datapy/datapy"], "../../datapy/mod.ts");
  assert.equal(folder.imports["@datapy/datapy/testing"], "../../datapy/testing.ts");
  assert.deepEqual((await importsFor("../datapy/mod.ts")).imports, folder.imports);
  const web = await importsFor("https://git.example/datapy/v1/mod.ts");
  assert.equal(web.imports["@datapy/datapy"], "https://git.example/datapy/v1/mod.ts");
  assert.equal(web.imports["@datapy/datapy/testing"], "https://git.example/datapy/v1/testing.ts");
  assert.match(web.run, / --allow-import=git\.example billing\.ts$/);
  for (const target of ["npm:@datapy/datapy@1.0.0", "@datapy/datapy@1.0.0"]) {
    assert.deepEqual((await importsFor(target)).imports, { "@datapy/datapy": "npm:@datapy/datapy@1.0.0" });
  }
});
