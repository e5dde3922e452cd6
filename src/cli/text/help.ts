/** Words of help itself. */
export const helpText = {
  /** Stands for the optional flags where there are many. */
  options: "[OPTION]...",
} as const;
