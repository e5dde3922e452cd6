/** Carries the error of a commit whose outcome is not known past those that would make another one of it. */
export class CommitUnknown extends Error {
  constructor(cause: Error) {
    super("the outcome of a commit is not known", { cause });
  }
}
