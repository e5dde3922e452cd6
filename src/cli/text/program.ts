import { NAME } from "../text.ts";

/** Words of a compiled program. */
export const programText = {
  leftOut: (command: string) =>
    `${NAME}: "${command}" is no part of a compiled program; it is a command of the checkout or package that the program ` +
    "was built with",
} as const;
