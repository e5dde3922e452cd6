/**
 * The conventions of this code base, as tests. They read the sources as text: quick, and without a compiler. What `deno
 * fmt` writes is what they expect, such as an import at the beginning of its line.
 */
import assert from "node:assert/strict";
import type { z } from "zod";
import { builtins } from "../src/mods/builtins.ts";

const ROOT = new URL("../", import.meta.url);

/** All files below a folder of this repository, as paths from its root. */
function filesBelow(folder: string, ending: string): string[] {
  const found: string[] = [];
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    if (entry.isDirectory) found.push(...filesBelow(`${folder}${entry.name}/`, ending));
    else if (entry.name.endsWith(ending)) found.push(folder + entry.name);
  }
  return found.sort();
}

const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));
const sources = new Map(filesBelow("src/", ".ts").map((path) => [path, read(path)]));

/** The code without its comments: what stands in a comment breaks no rule. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** The code without comments and without the content of its quoted texts. */
function withoutTexts(text: string): string {
  return withoutComments(text).replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
}

/** What a file imports, statically or not, as it is written. */
function specifiers(text: string): string[] {
  const code = withoutComments(text);
  const pattern = /^(?:import|export)\s(?:[^"';]*?\sfrom\s)?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;
  return [...code.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
}

/** What a file imports of ours, as paths from the repository's root. */
function ownImports(path: string, text: string): string[] {
  const base = new URL(path, ROOT);
  return specifiers(text).filter((specifier) => specifier.startsWith("."))
    .map((specifier) => new URL(specifier, base).pathname.slice(ROOT.pathname.length));
}

/** Fails with all that is wrong at once, and the rule. */
function none(wrong: readonly string[], rule: string): void {
  assert.ok(wrong.length === 0, `${rule}\n  ${wrong.join("\n  ")}`);
}

/** The rooms, and what each may import besides itself and deps: rooms, or single files of one. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  deps: [],
  runtime: [],
  core: [],
  context: ["core", "runtime"],
  logging: ["core", "runtime"],
  control: ["core", "runtime"],
  kafka: ["core", "runtime"],
  database: ["core", "runtime"],
  consume: ["core", "runtime", "kafka/driver.ts", "kafka/connection.ts"],
  health: ["core", "runtime", "control", "consume"],
  mods: ["core", "runtime", "control", "kafka", "consume", "database"],
  job: ["core", "runtime", "context", "logging", "control", "mods", "health"],
  dev: ["core", "runtime", "context", "logging", "control", "kafka", "consume", "database", "mods", "job"],
  testing: ["core", "runtime", "context", "logging", "control", "kafka", "consume", "mods", "job"],
  cli: [
    "core",
    "runtime",
    "context",
    "logging",
    "control",
    "kafka",
    "consume",
    "database",
    "mods",
    "job",
    "dev",
    "deno.json", // its version
  ],
};

Deno.test("src has the rooms that ARCHITECTURE.md shows, and no other", () => {
  const rooms = [...new Set([...sources.keys()].map((path) => path.split("/")[1] ?? ""))];
  none(rooms.filter((room) => !Object.hasOwn(MAY_IMPORT, room)), "a new room needs a line in MAY_IMPORT:");
});

Deno.test("src imports only what its room may import", () => {
  const wrong: string[] = [];
  for (const [path, text] of sources) {
    const room = path.split("/")[1] ?? "";
    for (const imported of ownImports(path, text)) {
      const target = imported.replace(/^src\//, "");
      const allowed = [room, "deps", ...MAY_IMPORT[room] ?? []].some((one) =>
        target === one || target.startsWith(`${one}/`)
      );
      if (!allowed) wrong.push(`${path} imports ${imported}`);
    }
  }
  none(wrong, "who may import whom stands in MAY_IMPORT and in ARCHITECTURE.md:");
});

/** A package at one version: `npm:zod@4.6.7`, whatever file of it is meant. */
const packageOf = (specifier: string) => /^npm:\/?((?:@[^/]+\/)?[^/@]+@[^/]+)/.exec(specifier)?.[1];

Deno.test("src names packages in src/deps only, one a file, so that mod.ts can be imported from anywhere", () => {
  // one is named where it is imported, so that a first `deno task` does not fetch it
  const elsewhere = new Set(["src/dev/shared/container_host.ts imports npm:testcontainers@12.2.0"]);
  const wrong: string[] = [];
  for (const [path, text] of sources) {
    const packages = specifiers(text).filter((specifier) => !/^(\.|node:)/.test(specifier));
    if (path.startsWith("src/deps/")) {
      const names = new Set(packages.map((specifier) => packageOf(specifier) ?? specifier));
      if (names.size !== 1) wrong.push(`${path} imports ${[...names].join(" and ")}`);
    } else {
      const found = packages.map((specifier) => `${path} imports ${specifier}`);
      wrong.push(...found.filter((one) => !elsewhere.has(one)));
    }
  }
  none(
    wrong,
    'the names of deno.json mean nothing where mod.ts is imported; write "npm:" in a file of src/deps:',
  );
});

Deno.test("packages have an exact version, the same in src/deps and in deno.json", () => {
  const { imports } = JSON.parse(read("deno.json")) as { imports: Record<string, string> };
  const named = [...sources].filter(([path]) => path.startsWith("src/deps/"))
    .flatMap(([path, text]) => specifiers(text).map((specifier) => [path, specifier] as const));
  const all = [...Object.entries(imports), ...named];
  const exact = /@\d+\.\d+\.\d+(-[\w.]+)?$/;
  const loose = all.filter(([, target]) => !exact.test(packageOf(target) ?? ""));
  none(loose.map(([where, target]) => `${where}: ${target}`), "a package without an exact version:");
  const versions = new Map<string, string>();
  const differing = all.filter(([, target]) => {
    const one = packageOf(target) ?? "";
    const name = one.slice(0, one.lastIndexOf("@"));
    const first = versions.get(name) ?? one;
    versions.set(name, first);
    return first !== one;
  });
  none(differing.map(([where, target]) => `${where}: ${target}`), "a package in two versions:");
});

Deno.test("deno.lock has no TypeScript: everybody fetches what is in it, and only `deno task pack` needs that", () => {
  assert.doesNotMatch(
    read("deno.lock"),
    /"npm:typescript@/,
    "run scripts/pack with --no-lock, and take it out",
  );
});

/** Which packages only one room may know, so that another can take their place. */
const BEHIND_A_DOOR: readonly [file: string, folder: string][] = [
  ["kafkajs", "src/kafka/kafkajs/"],
  ["snappyjs", "src/kafka/kafkajs/"],
  ["duckdb", "src/database/duckdb/"],
  ["json_p3", "src/core/"],
  ["pg", "src/database/postgres/"],
  ["logtape", "src/logging/"],
  ["stricli", "src/cli/"],
];

for (const [name, folder] of BEHIND_A_DOOR) {
  Deno.test(`src imports deps/${name}.ts only in ${folder}`, () => {
    const door = `src/deps/${name}.ts`;
    assert.ok(sources.has(door), `${door} is gone`);
    const wrong = [...sources].filter(([path, text]) =>
      !path.startsWith(folder) && ownImports(path, text).includes(door)
    );
    none(wrong.map(([path]) => path), `only ${folder} knows that package:`);
  });
}

Deno.test("src calls Deno only in src/runtime", () => {
  const wrong = [...sources].filter(([path, text]) =>
    !path.startsWith("src/runtime/") && /(?<!["'`\w])Deno\s*[.[]/.test(withoutTexts(text))
  );
  none(
    wrong.map(([path]) => path),
    "put it behind an interface in src/runtime, so that a test can stand in for it:",
  );
});

/** The seed's limits: 200 lines a file, less for two of them. */
const FEWER_LINES: Readonly<Record<string, number>> = {
  "src/mods/streaming/kafka_producer.ts": 150,
  "src/control/stream_controller.ts": 100,
};

Deno.test("src has at most 200 lines a file, the producer 150, the controller 100", () => {
  const wrong: string[] = [];
  for (const [path, text] of sources) {
    const limit = FEWER_LINES[path] ?? 200;
    const lines = text.split("\n").length - 1;
    if (lines > limit) wrong.push(`${path}: ${lines} lines, at most ${limit}`);
  }
  none(wrong, "a file has one idea; take the second one out:");
  none(
    Object.keys(FEWER_LINES).filter((path) => !sources.has(path)),
    "a file with a limit of its own is gone:",
  );
});

Deno.test("src has no type any", () => {
  const wrong = [...sources].filter(([, text]) =>
    /[:<|&,=(]\s*any\b|\bas any\b|\bany\[\]/.test(withoutTexts(text))
  );
  none(wrong.map(([path]) => path), "write unknown and look at the value, or the type that it has:");
});

/** What mod.ts hands out: each name and the file that declares it. */
function publicNames(): [name: string, path: string][] {
  const pattern = /^export\s+(?:type\s+)?\{([^}]*)\}\s+from\s+"([^"]+)"/gm;
  return [...withoutComments(read("mod.ts")).matchAll(pattern)].flatMap(([, names = "", specifier = ""]) => {
    const path = new URL(specifier, new URL("mod.ts", ROOT)).pathname.slice(ROOT.pathname.length);
    return names.split(",").map((name) => name.trim().replace(/^type\s+/, "").split(/\s+as\s+/)[0] ?? "")
      .filter((name) => name !== "").map((name): [string, string] => [name, path]);
  });
}

const DECLARES = "(?:async )?(?:abstract )?(?:function|class|interface|type|const|enum)";

Deno.test("mod.ts hands out only what has a docstring", () => {
  const names = publicNames();
  assert.ok(names.length > 10, "mod.ts exports by export { ... } from; this test found almost none");
  const wrong = names.filter(([name, path]) => {
    const text = sources.get(path) ?? "";
    return !new RegExp(`\\*/\\nexport (?:declare )?${DECLARES} ${name}\\b`).test(text);
  });
  none(
    wrong.map(([name, path]) => `${name} (${path})`),
    "a public name without a docstring right before it:",
  );
});

Deno.test("mod.ts holds nothing but exports", () => {
  const code = withoutComments(read("mod.ts")).trim();
  const rest = code.replace(/^export\s+(?:type\s+)?(?:\{[^}]*\}|\*)\s+from\s+"[^"]+";$/gm, "").trim();
  assert.equal(rest, "", "mod.ts is the public API and nothing else");
});

for (const mod of builtins) {
  Deno.test(`${mod.name} documents itself, every parameter and every artifact`, () => {
    const wrong: string[] = [];
    const look = (what: string, text: string | undefined) => {
      if (!/^\S.{10,}[.:)]$/s.test(text ?? "")) wrong.push(`${what}: ${JSON.stringify(text ?? "")}`);
    };
    look("the mod", mod.description);
    for (const [name, schema] of Object.entries(mod.params.shape)) {
      look(name, (schema as z.ZodType).description);
    }
    for (const [name, artifact] of Object.entries(mod.artifacts)) {
      look(`artifact ${name}`, artifact.description);
    }
    none(wrong, "a description is a sentence, with unit and default where there are any:");
  });
}

/** Texts that are in the repository, and may be read by people on other machines. */
function* allTexts(): Generator<[path: string, text: string]> {
  const folders = ["src/", "tests/", "jobs/", "docs/", ".ci/", "bench/", "openshift/", "scripts/"];
  for (const folder of folders) {
    try {
      Deno.statSync(new URL(folder, ROOT));
    } catch {
      continue; // not there yet
    }
    for (const path of filesBelow(folder, "")) yield [path, read(path)];
  }
  for (const entry of Deno.readDirSync(ROOT)) {
    if (entry.isFile && /\.(md|ts|json|lock)$/.test(entry.name)) yield [entry.name, read(entry.name)];
  }
}

Deno.test("no file names a folder of one machine", () => {
  const own = /(?<![\w.])\/(?:work|root|Users|home\/[a-z]+)\/|\b[A-Z]:\\Users\\/;
  const wrong: string[] = [];
  for (const [path, text] of allTexts()) {
    const line = text.split("\n").findIndex((one) => own.test(one));
    if (line >= 0) wrong.push(`${path}:${line + 1}`);
  }
  none(wrong, "a path that exists on one machine only:");
});
