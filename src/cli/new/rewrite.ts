/** A text that stands in a template, and what takes its place. */
type Replacement = readonly [text: string, by: string];

/** What a job from jobs/ is called, and what it shall be called. */
export interface Renaming {
  /** Name of the job in jobs/, without its ending. */
  readonly from: string;
  readonly to: string;
  /** What the new files import in place of "../mod.ts" and "../testing.ts". */
  readonly library: string;
  readonly testing: string;
}

/** The context file of the jobs in jobs/. */
export const TEMPLATE_CONTEXT = "kafka_context.json";

/** Throws where a text is not there: the job in jobs/ was changed, and this must follow. */
function replaceAll(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((result, [old, by]) => {
    if (!result.includes(old)) {
      throw new Error(`Cannot make a job of this template: it does not contain ${old}`);
    }
    return result.replaceAll(old, by);
  }, text);
}

/** The longest line that `deno fmt` leaves, by the settings of a new project. */
const LINE_WIDTH = 110;

/** Breaks imports that have become longer than a line, as `deno fmt` does. */
function formatted(text: string): string {
  return text.replace(/^import \{ (.+) \} from (".+");$/gm, (line, names: string, from: string) => {
    if (line.length <= LINE_WIDTH) return line;
    return `import {\n${names.split(", ").map((name) => `  ${name},\n`).join("")}} from ${from};`;
  });
}

/** The job under its new name: what it imports, its log's name and its context file; what it does stays. */
export function renamedJob(job: string, { from, to, library }: Renaming): string {
  return formatted(replaceAll(job, [
    ['"../mod.ts"', JSON.stringify(library)],
    [`setupLogging("INFO", "${from}")`, `setupLogging("INFO", "${to}")`],
    [`/${TEMPLATE_CONTEXT}\``, `/${to}_context.json\``],
  ]));
}

/** Its test. */
export function renamedTest(test: string, { from, to, library, testing }: Renaming): string {
  const renamed = replaceAll(test, [
    [`"./${from}.ts"`, `"./${to}.ts"`],
    ['"../testing.ts"', JSON.stringify(testing)],
  ]);
  return formatted(renamed.replaceAll('"../mod.ts"', JSON.stringify(library)));
}
