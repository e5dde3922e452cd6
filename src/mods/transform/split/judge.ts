/** How an operator judges a value that is not null; undefined where it cannot, as the two are of different kinds. */
export type Judge = (value: unknown) => boolean | undefined;

/** An operand that is wrong: what was expected in its place, to stand behind the operand's path. */
export class WrongOperand {
  constructor(readonly expected: string, readonly step: string = "") {}
}

/** Bounds of what a condition may cost. */
export interface Limits {
  /** The longest text that `matches` looks at, in UTF-16 units. */
  readonly matchesMaxLength: number;
}
