/** What the compiler must accept and refuse of the public API. Each `@ts-expect-error` fails the check where it is none. */
import assert from "node:assert/strict";
import { z } from "zod";
import {
  artifact,
  contextValue,
  dataParam,
  defineMod,
  type Message,
  type ModArtifacts,
  type ModMap,
  registerMod,
  runMod,
  secretParam,
} from "../../mod.ts";

type KafkaConnection = ModArtifacts<ModMap["kafka_connector"]>["connection"];

const typesTestMod = defineMod({
  name: "types_test_mod",
  description: "Adds up.",
  params: z.strictObject({
    numbers: dataParam(z.array(z.number()), "What to add up."),
    factor: z.number().default(1).describe("What the sum is multiplied by."),
    round: z.enum(["up", "down"]).optional().describe("How to round."),
    password: secretParam("A secret."),
  }),
  artifacts: {
    sum: artifact<number>("The sum."),
    label: artifact<string | undefined>("How it was rounded."),
  },
  run({ numbers, factor, round, password }) {
    const revealed: string | undefined = password?.reveal();
    assert.equal(revealed, undefined);
    const sum = factor * numbers.reduce((a, b) => a + b, 0);
    return { artifacts: { sum, label: round }, metrics: { numbers: numbers.length } };
  },
});

declare module "../../mod.ts" {
  interface ModMap {
    types_test_mod: typeof typesTestMod;
  }
}

/** Whether two types are the same, and not only assignable to each other. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const isTrue = <T extends true>(_?: T) => {};

Deno.test("runMod gives a user's mod its own parameters and artifacts", async () => {
  registerMod(typesTestMod);
  const result = await runMod("types_test_mod", { numbers: [1, 2, 3], factor: 2 });
  isTrue<Same<typeof result.artifacts.sum, number>>();
  isTrue<Same<typeof result.artifacts.label, string | undefined>>();
  isTrue<Same<typeof result.status, "success">>();
  assert.deepEqual(result, {
    status: "success",
    artifacts: { sum: 12, label: undefined },
    metrics: { numbers: 3 },
    warnings: [],
  });
});

Deno.test("runMod knows the parameters of the built-in mods", async () => {
  const parsed = await runMod("json_parser", { json_string: '{"a": 1}' });
  assert.deepEqual(parsed.artifacts.data, { a: 1 });
});

Deno.test("runMod tells a processor what its message and its context are", () => {
  const call = (connection: KafkaConnection) =>
    runMod("kafka_consumer", {
      connection,
      topics: ["${kafka.input_topic}"],
      group_id: "g",
      message_processor: (message, { signal, controller }) => {
        isTrue<Same<typeof message, Message>>();
        isTrue<Same<typeof signal, AbortSignal>>();
        return controller.shouldStop() ? { status: "error", error: "shutdown" } : { status: "success" };
      },
    });
  const silent = (connection: KafkaConnection) =>
    runMod("kafka_consumer", {
      connection,
      topics: ["t"],
      group_id: "g",
      // @ts-expect-error a processor says how it went
      message_processor: () => {},
    });
  assert.equal(typeof call, typeof silent);
});

Deno.test("runMod takes a reference in place of a setting", () => {
  const call = () =>
    runMod("types_test_mod", { numbers: [1], factor: "${processing.factor}", round: "${a.b}" });
  assert.equal(typeof call, "function");
});

Deno.test("runMod takes rows of an interface, which is no Record to the compiler", () => {
  interface Order {
    readonly order_id: string;
    readonly amount: number;
  }
  const calls = (connection: KafkaConnection, order: Order, orders: readonly Order[]) => [
    runMod("data_mapper", { data: order }),
    runMod("data_mapper", { data: orders }),
    runMod("database_insert", { url: "duckdb::memory:", table: "orders", data: orders }),
    runMod("kafka_producer", { connection, topic: "orders", data: orders }),
    // @ts-expect-error a text is no row
    runMod("data_mapper", { data: order.order_id }),
  ];
  assert.equal(typeof calls, "function");
});

Deno.test("runMod gives functions of data_mapper the rows that come in", () => {
  interface Order {
    readonly price: number;
    readonly quantity: number;
  }
  const calls = (orders: readonly Order[], unknowns: { readonly [column: string]: unknown }) => [
    runMod("data_mapper", { data: orders, functions: { total: (order) => order.price * order.quantity } }),
    runMod("data_mapper", { data: orders, functions: { total: (order: Order) => order.price } }),
    runMod("data_mapper", { data: unknowns, functions: { total: (row) => Number(row.price) } }),
    // a job may know more than the compiler, and says so once
    runMod("data_mapper", {
      data: unknowns as unknown as Order,
      functions: { total: (order) => order.price },
    }),
    runMod("data_mapper", {
      data: orders,
      // @ts-expect-error an order has no such column
      functions: { total: (order) => order.prize },
    }),
    runMod("data_mapper", {
      data: orders,
      // @ts-expect-error nor is this a row of it
      functions: { total: (order: { readonly prize: number }) => order.prize },
    }),
    // @ts-expect-error there is no such parameter
    runMod("data_mapper", { data: orders, functons: {} }),
  ];
  assert.equal(typeof calls, "function");
});

Deno.test("runMod gives data_mapper its outputs by their names, and functions its variables", () => {
  interface Order {
    readonly price: number;
    readonly quantity: number;
  }
  const calls = async (orders: readonly Order[], unknowns: { readonly [column: string]: unknown }) => {
    const { artifacts } = await runMod("data_mapper", {
      data: orders,
      // the compiler knows what a variable is where its function says what the row is
      variables: {
        net: (order: Order) => order.price * order.quantity,
        label: (_: Order, { net }) => `${net}`,
      },
      outputs: {
        small: { filter: (_, { net }) => net < 100, functions: { total: (_, { label }) => label.length } },
        large: { filter: (order) => order.price > 100, constants: { is_large: true } },
      },
    });
    await runMod("data_mapper", {
      data: orders,
      variables: { net: (order) => order.price },
      functions: { gross: (_, { net }) => Number(net) * 1.19 }, // elsewhere it is unknown
    });
    await runMod("data_mapper", {
      data: orders,
      variables: {
        net: (order: Order) => order.price,
        gross: (_: Order, v: { net: number }) => v.net * 1.19,
      },
      functions: { tax: (_, { net, gross }) => gross - net },
    });
    isTrue<Same<typeof artifacts.small, ModArtifacts<ModMap["data_mapper"]>["reject"]>>();
    isTrue<Same<typeof artifacts.reject, Order | readonly Order[] | null>>();
    // @ts-expect-error there is no such output
    artifacts.smal;
    const one = await runMod("data_mapper", { data: unknowns, filter: (row) => row.a === 1 });
    isTrue<Same<typeof one.artifacts.reject, ModArtifacts<ModMap["data_mapper"]>["reject"]>>();
    one.artifacts.data;
    // @ts-expect-error there are no outputs
    one.artifacts.large;
    await runMod("data_mapper", {
      data: orders,
      // @ts-expect-error an order has no such column
      outputs: { small: { filter: (order) => order.prize < 100 } },
    });
    await runMod("data_mapper", {
      data: orders,
      variables: { net: (order: Order) => order.price },
      // @ts-expect-error there is no such variable
      functions: { total: (_, { gross }) => gross },
    });
    await runMod("data_mapper", {
      data: orders,
      // @ts-expect-error an output has no such setting
      outputs: { small: { fliter: () => true } },
    });
  };
  assert.equal(typeof calls, "function");
});

Deno.test("runMod gives data_splitter its outputs by their names", () => {
  interface Event {
    readonly type: string;
    readonly amount: number;
  }
  const calls = async (events: readonly Event[], row: { readonly [column: string]: unknown }) => {
    const { artifacts } = await runMod("data_splitter", {
      data: events,
      split_conditions: { accounts: { type: { eq: "ACCOUNT" } }, large: (event) => event.amount > 1000 },
    });
    isTrue<Same<typeof artifacts.accounts, Event | readonly Event[] | null>>();
    isTrue<Same<typeof artifacts.large, typeof artifacts.rest>>();
    // @ts-expect-error there is no such output
    artifacts.acounts;
    const other = await runMod("data_splitter", {
      data: row,
      split_conditions: { accounts: { type: { eq: "ACCOUNT" } } },
      rest: "unknown",
    });
    other.artifacts.unknown;
    // @ts-expect-error the output for the rest has another name here
    other.artifacts.rest;
    await runMod("data_splitter", {
      data: events,
      // @ts-expect-error an event has no such column
      split_conditions: { large: (event) => event.amout > 1000 },
    });
    await runMod("data_splitter", {
      data: events,
      // @ts-expect-error there is no such operator
      split_conditions: { large: { amount: { above: 3 } } },
    });
  };
  assert.equal(typeof calls, "function");
});

Deno.test("runMod refuses at compile time what is wrong", () => {
  const calls = [
    // @ts-expect-error there is no such mod
    () => runMod("types_test_mood", {}),
    // @ts-expect-error there is no such parameter
    () => runMod("types_test_mod", { numbers: [1], faktor: 2 }),
    // @ts-expect-error a required parameter is missing
    () => runMod("types_test_mod", {}),
    // @ts-expect-error a number is expected, or a reference
    () => runMod("types_test_mod", { numbers: [1], factor: "two" }),
    // @ts-expect-error not one of the choices
    () => runMod("types_test_mod", { numbers: [1], round: "sideways" }),
    // @ts-expect-error there is no such artifact
    async () => (await runMod("types_test_mod", { numbers: [1] })).artifacts.product,
    // @ts-expect-error a built-in mod's parameter is mistyped
    () => runMod("json_parser", { json_strin: "{}" }),
  ];
  assert.equal(calls.length, 7);
});

Deno.test("defineMod refuses at compile time what the declaration does not say", () => {
  const params = z.strictObject({});
  const wrong = [
    () =>
      defineMod({
        name: "wrong_artifacts",
        description: "d",
        params,
        artifacts: { sum: artifact<number>("s") },
        // @ts-expect-error the artifact is a number
        run: () => ({ artifacts: { sum: "1" } }),
      }),
    () =>
      defineMod({
        name: "missing_artifacts",
        description: "d",
        params,
        artifacts: { sum: artifact<number>("s") },
        // @ts-expect-error the artifact is missing
        run: () => ({ artifacts: {} }),
      }),
  ];
  assert.equal(wrong.length, 2);
});

Deno.test("contextValue has the type of its fallback", () => {
  const calls = () => {
    isTrue<Same<ReturnType<typeof text>, string>>();
    isTrue<Same<ReturnType<typeof count>, number>>();
    isTrue<Same<ReturnType<typeof maybe>, string | undefined>>();
    isTrue<Same<ReturnType<typeof choice>, "continue" | "retry" | "stop">>();
  };
  const text = () => contextValue("a.b");
  const count = () => contextValue("a.b", 3);
  const maybe = () => contextValue("a.b", undefined);
  const choice = () => contextValue("a.b", "continue", ["continue", "retry", "stop"]);
  assert.equal(typeof calls, "function");
});
