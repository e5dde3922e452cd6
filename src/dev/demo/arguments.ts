import { didYouMean } from "../../core/nearest.ts";
import { FEWEST_MESSAGES } from "./generate.ts";

/** What the command line asks for. */
export type Asked =
  | { readonly kind: "run" | "write"; readonly messages: number }
  | { readonly kind: "query"; readonly sql: string }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string };

const MOST_MESSAGES = 1_000_000;
const DEFAULT_MESSAGES = 3_000;
const RANGE = `${FEWEST_MESSAGES} to ${MOST_MESSAGES}`;

export const USAGE = `Usage: deno task demo [--messages N]

Starts a Kafka of its own, writes orders to it, runs jobs/orders.ts as a process of its own, kills that
in the middle, starts it again, and checks that nothing was lost. The orders stay in data/orders.duckdb;
one that was there is kept as data/orders.previous.duckdb.

  --messages N   how many messages to write, ${RANGE}; default ${DEFAULT_MESSAGES}

Or a part of it:
  --write N      only writes messages, to the Kafka of "deno task kafka up"; starts it where it is down
  --query SQL    only asks data/orders.duckdb
  --help         shows this text

Environment:
  DATAPY_KAFKA=host:port   a Kafka that runs already, without security; the demo makes a topic of its
                           own there, and deletes it at the end
  NO_COLOR=1               no colours
`;

/** Reads the command line. */
export function readArguments(args: readonly string[]): Asked {
  if (args.length === 0) return { kind: "run", messages: DEFAULT_MESSAGES };
  const [first = "", ...rest] = args;
  const equals = first.indexOf("=");
  const name = equals < 0 ? first : first.slice(0, equals);
  const values = equals < 0 ? rest : [first.slice(equals + 1), ...rest];
  const [value = "", ...further] = values;
  if (name === "--help" || name === "-h") return { kind: "help" };
  if (!["--messages", "--write", "--query"].includes(name)) {
    const hint = didYouMean(name, ["--messages", "--write", "--query", "--help"]);
    return { kind: "wrong", problem: `there is no argument "${name}"${hint}` };
  }
  if (further.length > 0) return { kind: "wrong", problem: `"${further[0]}" is one argument too many` };
  if (name === "--query") {
    return value.trim() === ""
      ? { kind: "wrong", problem: `--query needs SQL, such as "SELECT * FROM orders"` }
      : { kind: "query", sql: value };
  }
  const messages = Number(value);
  if (!/^\d+$/.test(value) || messages < FEWEST_MESSAGES || messages > MOST_MESSAGES) {
    const given = value === "" ? "" : `, not "${value}"`;
    return { kind: "wrong", problem: `${name} needs a whole number, ${RANGE}${given}` };
  }
  return { kind: name === "--write" ? "write" : "run", messages };
}
