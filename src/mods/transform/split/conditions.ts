import type { Row } from "../../../core/rows.ts";

/** What a column's value can be compared with. */
export type ConditionValue = string | number | bigint | boolean | Date;

/** What is asked of one column; several operators must all hold. */
export interface ColumnCondition {
  /** Equal to the value. Null is equal to nothing. */
  readonly eq?: ConditionValue;
  /** Not equal to the value; null is not equal to any. The opposite of `eq`. */
  readonly ne?: ConditionValue;
  /** Greater than the value; null is not. */
  readonly gt?: Exclude<ConditionValue, boolean>;
  /** Greater than the value or equal to it; null is not. */
  readonly gte?: Exclude<ConditionValue, boolean>;
  /** Less than the value; null is not. */
  readonly lt?: Exclude<ConditionValue, boolean>;
  /** Less than the value or equal to it; null is not. */
  readonly lte?: Exclude<ConditionValue, boolean>;
  /** Equal to one of the values. None is in an empty list. */
  readonly in?: readonly ConditionValue[];
  /** Equal to none of the values; so null is. The opposite of `in`. */
  readonly not_in?: readonly ConditionValue[];
  /** Whether the value is null, or the row lacks the column. */
  readonly is_null?: boolean;
  /** The text holds a match of the regular expression; write ^ and $ for all of it. Null does not. */
  readonly matches?: string | RegExp;
  /** Whether the row has the column, be it null. */
  readonly exists?: boolean;
}

/**
 * What is asked of a row: columns, which must all hold, together with `and`, `or` (lists) and `not` (one condition). In
 * `columns` every name is a column: for those that are called and, or, not or columns.
 */
export interface RowCondition {
  readonly and?: readonly Condition[];
  readonly or?: readonly Condition[];
  readonly not?: Condition;
  readonly columns?: Readonly<Record<string, ColumnCondition>>;
  // the compiler wants the words above to fit here as well
  readonly [column: string]:
    | ColumnCondition
    | readonly Condition[]
    | Condition
    | Readonly<Record<string, ColumnCondition>>
    | undefined;
}

/** Decides by plain TypeScript. A method's type, so that a job may say more about its rows: `(order: Order) => ...`. */
export type RowPredicate<R = Row> = { decide(row: R): boolean }["decide"];

/** One condition: an object of columns and operators, or a function. */
export type Condition<R = Row> = RowCondition | RowPredicate<R>;

/** Conditions by the names of their outputs. */
export type SplitConditions<R = Row> = Readonly<Record<string, Condition<R>>>;

/** The rows of one output, in the form in which `data` came: an object, or a list. Null where there are none. */
export type SplitOutput<R = Row> = R | readonly R[] | null;

/** The artifacts of a split, by the names of its outputs: `SplitArtifacts<"account_events" | "rest", Order>`. */
export type SplitArtifacts<K extends string, R = Row> = { readonly [name in K]: SplitOutput<R> };
