import { didYouMean } from "../../core/nearest.ts";
import { FEWEST_MESSAGES } from "./generate.ts";

/** What the command line asks for. */
export type Asked =
  | { readonly kind: "run"; readonly messages: number }
  | { readonly kind: "help" }
  | { readonly kind: "wrong"; readonly problem: string };

const MOST_MESSAGES = 1_000_000;
const DEFAULT_MESSAGES = 3_000;

export const USAGE = `Usage: deno task demo [--messages N]

Starts a Kafka of its own, writes orders to it, runs jobs/orders.ts into a database, kills the job in the middle, starts it
again, and checks that nothing was lost. The database stays in data/orders.duckdb.

  --messages N   how many messages to write, ${FEWEST_MESSAGES} to ${MOST_MESSAGES}; default ${DEFAULT_MESSAGES}
  --help         this text

Environment:
  DATAPY_KAFKA=host:port   a Kafka that runs already, without security; the demo makes a topic of its own there
  NO_COLOR=1               no colours
`;

/** Reads the command line. */
export function readArguments(args: readonly string[]): Asked {
  let messages = DEFAULT_MESSAGES;
  const rest = [...args];
  while (rest.length > 0) {
    const [name = "", inline] = (rest.shift() ?? "").split("=", 2);
    if (name === "--help" || name === "-h") return { kind: "help" };
    if (name !== "--messages") {
      const problem = `unknown argument "${name}"${didYouMean(name, ["--messages", "--help"])}`;
      return { kind: "wrong", problem };
    }
    const text = inline ?? rest.shift() ?? "";
    messages = Number(text.replaceAll("_", ""));
    if (
      text === "" || !Number.isInteger(messages) || messages < FEWEST_MESSAGES || messages > MOST_MESSAGES
    ) {
      const problem = `--messages needs a whole number from ${FEWEST_MESSAGES} to ${MOST_MESSAGES}`;
      return { kind: "wrong", problem: text === "" ? problem : `${problem}, not "${text}"` };
    }
  }
  return { kind: "run", messages };
}
