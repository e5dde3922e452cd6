import { MALFORMED } from "./malformed.ts";
import type { Order, OrderLine } from "./order.ts";
import { Random } from "./random.ts";

/** What a message of the demo is. */
export type MessageKind = "new" | "update" | "duplicate" | "malformed";

/** One message for the topic. */
export interface DemoMessage {
  readonly kind: MessageKind;
  /** The order's id: Kafka keeps messages of one key in order, so that an update comes after what it updates. */
  readonly key: string;
  readonly value: string;
  /** What the value says; none where it is malformed. */
  readonly order: Order | undefined;
  /** What is wrong with it. */
  readonly problem: string | undefined;
}

/** Of a hundred messages. */
const SHARES = { update: 15, duplicate: 5, malformed: 3 } as const;

/** Fewer would leave a kind out. */
export const FEWEST_MESSAGES = 20;

/** The last ones show that nothing in a message is taken for SQL or for a setting. */
const SKUS = [
  "TEA-EARL-GREY",
  "CAFÉ-250G",
  "MUG-Ø8",
  "抹茶-30G",
  "O'REILLY-BOOK",
  'SPOON-6"',
  "VOUCHER-${kafka.password}",
  "'); DROP TABLE orders; --",
] as const;

const FIRST_ORDER = Date.UTC(2026, 0, 5, 8);

/** How to make messages. */
export interface GenerateOptions {
  /** Default 1. */
  readonly seed?: number;
  /** What the orders' ids begin with; default `A`. */
  readonly series?: string;
}

/**
 * Messages for a topic of orders: new orders, exact duplicates of an order's last message (a producer that tried again),
 * updates with changed, fewer or more lines, and malformed ones of every kind there is, new or for an order that is
 * there. The same for the same seed. Throws a `RangeError` below {@link FEWEST_MESSAGES}.
 */
export function generateOrders(count: number, options: GenerateOptions = {}): readonly DemoMessage[] {
  const { seed = 1, series = "A" } = options;
  if (count < FEWEST_MESSAGES) {
    throw new RangeError(`Cannot make ${count} messages: at least ${FEWEST_MESSAGES} show every kind`);
  }
  const random = new Random(seed);
  const latest: DemoMessage[] = []; // the last valid message of each order
  const malformed = Object.keys(MALFORMED);
  return kindsOf(count, random).map((kind) => {
    const at = random.below(latest.length);
    const before = latest[at];
    if (kind === "malformed") {
      const problem = malformed.shift() ?? "";
      malformed.push(problem);
      const order = before !== undefined && random.below(2) === 0
        ? updated(before.order!, random)
        : newOrder(`${series}-X${random.below(1e6)}`, random);
      return { kind, key: order.order_id, value: MALFORMED[problem]!(order), order: undefined, problem };
    }
    if (kind === "duplicate") return { ...before!, kind };
    const message = kind === "new"
      ? valid(kind, newOrder(`${series}-${String(latest.length + 1).padStart(6, "0")}`, random))
      : valid(kind, updated(before!.order!, random));
    if (kind === "new") latest.push(message);
    else latest[at] = message;
    return message;
  });
}

/** Exact counts in a random order; the first is new, so that there is something to update. */
function kindsOf(count: number, random: Random): readonly MessageKind[] {
  const some = (kind: keyof typeof SHARES) =>
    Array<MessageKind>(Math.max(1, Math.round(count * SHARES[kind] / 100))).fill(kind);
  const others = [...some("update"), ...some("duplicate"), ...some("malformed")];
  const fresh = Array<MessageKind>(count - others.length - 1).fill("new");
  return ["new", ...random.shuffled([...others, ...fresh])];
}

function valid(kind: MessageKind, order: Order): DemoMessage {
  return { kind, key: order.order_id, value: JSON.stringify(order), order, problem: undefined };
}

function newOrder(order_id: string, random: Random): Order {
  const lines = Array.from({ length: 1 + random.below(4) }, () => newLine(random));
  return {
    order_id,
    customer_id: `C-${1 + random.below(500)}`,
    amount: amountOf(lines),
    currency: random.pick(["EUR", "EUR", "CHF", "USD"]),
    created_at: new Date(FIRST_ORDER + random.below(30 * 24 * 3600) * 1000).toISOString(),
    lines,
  };
}

/** The same order with its lines changed: one less, one more, or another quantity. */
function updated(order: Order, random: Random): Order {
  const place = random.below(order.lines.length);
  const change = random.below(3);
  const lines = change === 0 && order.lines.length > 1
    ? order.lines.filter((_, i) => i !== place)
    : change === 1
    ? [...order.lines, newLine(random)]
    : order.lines.map((line, i) => i === place ? { ...line, quantity: line.quantity + 1 } : line);
  return { ...order, lines, amount: amountOf(lines) };
}

function newLine(random: Random): OrderLine {
  return { sku: random.pick(SKUS), quantity: 1 + random.below(5), price: (99 + random.below(9900)) / 100 };
}

function amountOf(lines: readonly OrderLine[]): number {
  return Math.round(lines.reduce((sum, line) => sum + line.quantity * line.price * 100, 0)) / 100;
}
