import assert from "node:assert/strict";
import fc from "fast-check";
import { Context } from "../../../src/context/context.ts";
import { redactSecrets } from "../../../src/core/secret.ts";

interface World {
  readonly values?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  readonly files?: Record<string, string>;
}

function contextOf({ values, env = {}, files = {} }: World): Context & { notes: string[]; reads: string[] } {
  const notes: string[] = [];
  const reads: string[] = [];
  const context = new Context({
    ...(values === undefined ? {} : { values, file: "kafka_context.json" }),
    env(name) {
      reads.push(name);
      return Object.hasOwn(env, name) ? env[name] : undefined;
    },
    files: {
      readTextSync(path) {
        reads.push(path);
        const text = files[path];
        if (text === undefined) throw new Deno.errors.NotFound("os error 2");
        return text;
      },
    },
    note: (message) => void notes.push(message),
  });
  return Object.assign(context, { notes, reads });
}

const fill = (world: World, text: string) => contextOf(world).resolve(text, { mod: "m", parameter: "p" });

function problem(world: World, text: string): string {
  try {
    fill(world, text);
  } catch (error) {
    assert.equal((error as Error).name, "ConfigurationError");
    return (error as Error).message;
  }
  throw new Error(`${text} was filled in`);
}

const values = {
  kafka: {
    username: "from the file",
    port: 9092,
    topics: ["a", "b"],
    tls: null,
    group: "g-${kafka.username}",
  },
  user: "somebody",
};

Deno.test("Context: the environment wins over the context file", () => {
  assert.equal(fill({ values }, "${kafka.username}"), "from the file");
  assert.equal(fill({ values, env: { KAFKA_USERNAME: "from env" } }, "${kafka.username}"), "from env");
  const mounted = { values, env: { KAFKA_USERNAME_FILE: "/run/u" }, files: { "/run/u": "mounted\n" } };
  assert.equal(fill(mounted, "${kafka.username}"), "mounted");
  assert.equal(fill({ values, env: { KAFKA_USERNAME: "" } }, "${kafka.username}"), "");
  assert.equal(fill({ values, env: { KAFKA_USERNAME_FILE: "" } }, "${kafka.username}"), "from the file");
});

Deno.test("Context finds a key in the environment alone, with no file and no such key in it", () => {
  assert.equal(fill({ env: { DATABASE_URL: "duckdb:x" } }, "${database.url}"), "duckdb:x");
  assert.equal(fill({ values, env: { KAFKA_CLIENT_ID: "c" } }, "${kafka.client-id}"), "c");
});

Deno.test("Context: a key without a section is never taken from the environment", () => {
  const env = { USER: "root", HOME: "/root" };
  assert.equal(fill({ values, env }, "${user}"), "somebody");
  assert.match(
    problem({ values, env }, "${home}"),
    /not looked for in the environment \(write \$\{env:HOME\}\)/,
  );
  assert.equal(fill({ values, env }, "${env:HOME}"), "/root");
});

Deno.test("Context: one whole reference keeps its type, inside a text it becomes text", () => {
  assert.equal(fill({ values }, "${kafka.port}"), 9092);
  assert.deepEqual(fill({ values }, "${kafka.topics}"), ["a", "b"]);
  assert.equal(fill({ values }, "${kafka.tls}"), null);
  assert.equal(fill({ values }, "broker:${kafka.port}/${user}"), "broker:9092/somebody");
  assert.equal(fill({ values }, " ${kafka.port}"), " 9092");
  assert.equal(fill({ values, env: { KAFKA_PORT: "9093" } }, "${kafka.port}"), 9093);
  assert.deepEqual(fill({ values, env: { KAFKA_TOPICS: '["c"]' } }, "${kafka.topics}"), ["c"]);
  const inside = /\$\{kafka\.topics\} is a list: it cannot stand inside a text, only alone/;
  assert.match(problem({ values }, "x ${kafka.topics}"), inside);
  assert.match(problem({ values }, "x ${kafka}"), /\$\{kafka\} is an object/);
  assert.match(problem({ values }, "x ${kafka.tls}"), /\$\{kafka\.tls\} is null/);
});

Deno.test("Context: a section comes with the overrides of each of its keys", () => {
  const env = { KAFKA_USERNAME: "from env", KAFKA_PORT: "9093" };
  assert.deepEqual(fill({ values, env }, "${kafka}"), {
    username: "from env",
    port: 9093,
    topics: ["a", "b"],
    tls: null,
    group: "g-from env",
  });
});

Deno.test("Context: references in the context file are filled in, a circle of them is an error", () => {
  assert.equal(fill({ values }, "${kafka.group}"), "g-from the file");
  const circle = { a: { b: "${a.c}", c: ["${a.d}"], d: "x ${a.b}" } };
  assert.equal(
    problem({ values: circle }, "${a.b}"),
    'parameter "p" (in kafka_context.json, "a.d"): the context refers to itself: a.b -> a.c -> a.d -> a.b',
  );
  assert.match(problem({ values: { a: { b: "${a}" } } }, "${a}"), /refers to itself: a -> a$/);
});

Deno.test("Context: what comes from outside is never searched for references", () => {
  const hostile = fc.string({ unit: fc.constantFrom("$", "{", "}", "a", ".b", "env:X", "$${", "${a.b}") });
  fc.assert(fc.property(hostile, (text) => {
    const file = text.replace(/\n$/, "");
    const world = {
      values: { outer: { inner: "[${a.b}]" } },
      env: { A_B: text, X: text, A_C_FILE: "/f" },
      files: { "/f": file },
    };
    assert.equal(fill(world, "${a.b}"), text);
    assert.equal(fill(world, "${env:X}"), text);
    assert.equal(fill(world, "${a.c}"), file);
    assert.equal(fill(world, "${file:/f}"), file);
    assert.equal(fill(world, "<${a.b}|${env:X}>"), `<${text}|${text}>`);
    assert.equal(fill(world, "${outer.inner}"), `[${text}]`);
  }));
});

Deno.test("Context always ends, and answers with a value or a ConfigurationError, however a file refers to itself", () => {
  const keys = ["a.x", "a.y", "b.x", "b.y", "a", "b", "c.missing"];
  const text = fc.array(
    fc.oneof(fc.constantFrom(...keys).map((key) => `\${${key}}`), fc.constantFrom("-", "$${")),
    {
      maxLength: 3,
    },
  ).map((parts) => parts.join(""));
  const section = fc.record({ x: text, y: fc.oneof(text, fc.array(text, { maxLength: 2 })) });
  fc.assert(fc.property(section, section, fc.constantFrom(...keys), (a, b, key) => {
    try {
      fill({ values: { a, b } }, `\${${key}}`);
    } catch (error) {
      assert.equal((error as Error).name, "ConfigurationError", String(error));
    }
  }));
});

Deno.test("Context: $${ is a literal ${, in a parameter and in the context file", () => {
  assert.equal(fill({ values }, "$${user} ${user}"), "${user} somebody");
  assert.equal(fill({ values: { a: { b: "$${user}" } } }, "${a.b}"), "${user}");
});

Deno.test("Context says where a missing reference was looked for, and suggests the nearest key", () => {
  assert.equal(
    problem({ values }, "${kafka.usernam}"),
    'parameter "p": cannot fill in ${kafka.usernam}: kafka_context.json has no key "kafka.usernam", and neither ' +
      'KAFKA_USERNAM nor KAFKA_USERNAM_FILE is set; did you mean "kafka.username"?',
  );
  assert.equal(
    problem({}, "${kafka.password}"),
    'parameter "p": cannot fill in ${kafka.password}: there is no context file (setupContext), and neither ' +
      "KAFKA_PASSWORD nor KAFKA_PASSWORD_FILE is set",
  );
  assert.equal(
    problem({}, "x ${env:NOPE}"),
    'parameter "p": cannot fill in ${env:NOPE}: that variable is not set',
  );
  assert.equal(
    problem({ values: { a: { b: "${c.d}" } } }, "${a.b}"),
    'parameter "p" (in kafka_context.json, "a.b"): cannot fill in ${c.d}: kafka_context.json has no key "c.d", and ' +
      "neither C_D nor C_D_FILE is set",
  );
});

Deno.test("Context says which file cannot be read, and which variable named it", () => {
  assert.equal(
    problem({ env: { A_B_FILE: "/run/x" } }, "${a.b}"),
    'parameter "p": cannot fill in ${a.b}: cannot read the file /run/x that A_B_FILE names: there is no such file',
  );
  assert.equal(
    problem({}, "${file:/run/x}"),
    'parameter "p": cannot fill in ${file:/run/x}: cannot read the file /run/x: there is no such file',
  );
  assert.match(
    problem({ env: { A_B: "secret value", A_B_FILE: "/run/x" } }, "${a.b}"),
    /: both A_B and A_B_FILE are set: only one may be$/,
  );
});

Deno.test("Context cuts one newline at the end of a file, and nothing else", () => {
  const cases: readonly [string, string][] = [
    ["x\n", "x"],
    ["x\r\n", "x"],
    ["x\n\n", "x\n"],
    [" x ", " x "],
    ["\n", ""],
  ];
  for (const [text, expected] of cases) {
    assert.equal(fill({ env: { A_B_FILE: "/f" }, files: { "/f": text } }, "${a.b}"), expected);
  }
});

Deno.test("Context ignores what Kubernetes sets for a Service of the same name, and says so once", () => {
  const service = {
    KAFKA_PORT: "tcp://10.0.0.1:9092",
    KAFKA_PORT_9092_TCP: "tcp://10.0.0.1:9092",
    KAFKA_SERVICE_HOST: "10.0.0.1",
  };
  const context = contextOf({ values, env: service });
  const place = { mod: "m", parameter: "p" };
  assert.equal(context.resolve("${kafka.port}", place), 9092);
  assert.equal(context.resolve("${kafka.port}", place), 9092);
  assert.deepEqual(context.notes, [
    "Ignored KAFKA_PORT: it holds what Kubernetes sets for a Service; write ${env:KAFKA_PORT} to read it",
  ]);
  assert.equal(context.resolve("${env:KAFKA_PORT}", place), "tcp://10.0.0.1:9092");
  assert.match(
    problem({ env: service }, "${kafka.port}"),
    /and KAFKA_PORT holds what Kubernetes sets for a Service/,
  );
  assert.equal(fill({ env: { KAFKA_PORT: "tcp://[fd00::1]:9092" }, values }, "${kafka.port}"), 9092);
  // not of that form, or not of that name: an ordinary override
  assert.equal(
    fill({ env: { DATABASE_URL: "tcp://10.0.0.1:5432" } }, "${database.url}"),
    "tcp://10.0.0.1:5432",
  );
  assert.equal(fill({ env: { KAFKA_PORT: "9093" } }, "${kafka.port}"), "9093");
});

Deno.test("Context reads a key once, and hands out copies of what may be changed", () => {
  const context = contextOf({ values, env: { A_B_FILE: "/f" }, files: { "/f": "text" } });
  const place = { mod: "m", parameter: "p" };
  context.resolve("${a.b}", place);
  const reads = context.reads.length;
  assert.equal(context.resolve("${a.b} again", place), "text again");
  assert.equal(context.reads.length, reads);
  (context.resolve("${kafka.topics}", place) as string[]).push("changed");
  assert.deepEqual(context.resolve("${kafka.topics}", place), ["a", "b"]);
  assert.deepEqual(values.kafka.topics, ["a", "b"]);
});

Deno.test("Context knows own keys only", () => {
  for (const key of ["kafka.constructor", "kafka.topics.length", "__proto__.x", "kafka.topics.0"]) {
    assert.match(problem({ values }, `\${${key}}`), /has no key/);
  }
});

Deno.test("Context has what it reads under a secret's name masked in logs, and the password of a URL", () => {
  const world: World = {
    values: { kafka: { password: "in the context file", token: 123456789, username: "not a secret 1" } },
    env: {
      DB_SECRET: "in a variable",
      DATABASE_URL: "postgres://u:in-a-url@db/x",
      A_NAME_FILE: "/run/secrets/a_name",
    },
    files: {
      "/run/secrets/sasl_password.txt": "in a file of that name",
      "/run/secrets/a_name": "not a secret 2",
    },
  };
  fill(world, "${kafka}");
  for (const text of ["${env:DB_SECRET}", "${database.url}", "${a.name}"]) fill(world, text);
  fill(world, "${file:/run/secrets/sasl_password.txt}");
  for (
    const secret of [
      "in the context file",
      "123456789",
      "in a variable",
      "in-a-url",
      "in a file of that name",
    ]
  ) {
    assert.equal(redactSecrets(secret), "***");
  }
  for (const open of ["not a secret 1", "not a secret 2"]) assert.equal(redactSecrets(open), open);
});

Deno.test("Context: no error shows a value", () => {
  const world: World = {
    values: {
      a: { list: ["confidential"], object: { x: "confidential" }, circle: "confidential ${a.circle}" },
    },
    env: { B_BOTH: "confidential", B_BOTH_FILE: "/f" },
    files: { "/f": "confidential" },
  };
  for (
    const text of [
      "x${a.list}",
      "x${a.object}",
      "${a.circle}",
      "${b.both}",
      "${a.nothing}",
      "confidential ${env:NO}",
    ]
  ) {
    assert.ok(!problem(world, text).includes("confidential"), text);
  }
});
