import type { LabelName, MetricDeclaration } from "./metric.ts";

/** Values of labels, by name. */
export type Labels = Readonly<Partial<Record<LabelName, string>>>;

/** One series of a counter or a gauge. */
export class Value {
  value = 0;

  /** Adds to it. */
  add(by = 1): void {
    this.value += by;
  }
}

/** One series of a histogram. */
export class Distribution {
  readonly bounds: readonly number[];
  /** How many were in each bucket and in none below it; the last is beyond all bounds. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array(bounds.length + 1).fill(0);
  }

  /** Counts one, in the metric's unit. */
  observe(value: number): void {
    let i = 0;
    while (i < this.bounds.length && value > this.bounds[i]!) i++;
    this.counts[i]!++;
    this.sum += value;
  }
}

/** A metric and its series, by the text of their labels. */
interface Family {
  readonly declaration: MetricDeclaration;
  readonly series: Map<string, Value | Distribution>;
}

/**
 * What one job counts. A series is looked up once and kept by who counts: counting is then one addition. It begins at 0 when
 * it is first looked up, so that Prometheus sees its first increase.
 */
export class Registry<Name extends string = string> {
  readonly #families: ReadonlyMap<string, Family>;

  constructor(metrics: readonly (MetricDeclaration & { readonly name: Name })[]) {
    this.#families = new Map(
      metrics.map((declaration) => [declaration.name, { declaration, series: new Map() }]),
    );
  }

  /** The families, in the order of their declaration. */
  get families(): Iterable<Family> {
    return this.#families.values();
  }

  /** The series of a counter or gauge. Throws a `TypeError` where it is none, or where the labels are not its own. */
  value(name: Name, labels: Labels = {}): Value {
    const found = this.#series(name, labels, () => new Value());
    if (found instanceof Value) return found;
    throw new TypeError(`Cannot count ${name}: it is a histogram`);
  }

  /** The series of a histogram. Throws a `TypeError` where it is none, or where the labels are not its own. */
  distribution(name: Name, labels: Labels = {}): Distribution {
    const { buckets = [] } = this.#family(name).declaration;
    const found = this.#series(name, labels, () => new Distribution(buckets));
    if (found instanceof Distribution) return found;
    throw new TypeError(`Cannot observe ${name}: it is no histogram`);
  }

  /** Forgets all series of a metric: of a gauge, before it is told anew. */
  clear(name: Name): void {
    this.#family(name).series.clear();
  }

  #family(name: string): Family {
    const family = this.#families.get(name);
    if (family === undefined) throw new TypeError(`Cannot count ${name}: it is not in the table of metrics`);
    return family;
  }

  #series(name: string, labels: Labels, make: () => Value | Distribution): Value | Distribution {
    const { declaration, series } = this.#family(name);
    const isHistogram = declaration.type === "histogram";
    const key = labelText(declaration, labels);
    const present = series.get(key);
    if (present !== undefined) return present;
    const made = make();
    if (isHistogram === made instanceof Value) return made; // the caller says what is wrong
    series.set(key, made);
    return made;
  }
}

/** `group="g",topic="t"`, in the order of the declaration. */
function labelText({ name, labels }: MetricDeclaration, given: Labels): string {
  if (Object.keys(given).length !== labels.length) {
    throw new TypeError(`Cannot count ${name}: its labels are ${labels.join(", ") || "none"}`);
  }
  return labels.map((label) => {
    const value = given[label];
    if (value === undefined) throw new TypeError(`Cannot count ${name} without its label ${label}`);
    return `${label}="${escaped(value)}"`;
  }).join(",");
}

const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
