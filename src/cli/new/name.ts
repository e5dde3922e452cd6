const LONGEST = 64;

/** Windows does not let a file have these names. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * What is wrong with the name of a new job, as words that follow "Cannot name a job ..."; undefined where nothing is. It
 * becomes the name of files, of a consumer group and of the job in its log.
 */
export function nameProblem(name: string): string | undefined {
  if (name.length > LONGEST) return `it is longer than ${LONGEST} characters`;
  if (!/^[a-z][a-z0-9_-]*$/.test(name)) {
    return 'expected small letters, digits, "-" and "_", with a letter first';
  }
  if (RESERVED.test(name)) return "Windows keeps that name for itself";
  if (/[_-]test$/.test(name)) return '"deno test" would take it for a test';
  return undefined;
}
