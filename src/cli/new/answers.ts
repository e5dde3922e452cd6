import type { Questions } from "../../runtime/questions.ts";
import { newText } from "../text/new.ts";
import { nameProblem } from "./name.ts";
import { type Pattern, PATTERN_NAMES, PATTERNS, variableOf } from "./patterns.ts";

/** What the command line says about a new job. */
export interface Given {
  readonly name?: string | undefined;
  readonly pattern?: Pattern | undefined;
  readonly database?: string | undefined;
}

/** What a job is made from. */
export interface Answers {
  readonly name: string;
  readonly pattern: Pattern;
  /** Undefined where the usual one is meant. */
  readonly database: string | undefined;
}

/** Words that say why there are no answers. */
export interface NoAnswers {
  readonly problem: string;
}

/** What is wrong with a database's URL, in words; undefined where nothing is. */
function databaseProblem(url: string, pattern: Pattern | undefined): string | undefined {
  const known = /^duckdb:(?!\/\/)./.test(url) || /^postgres(ql)?:\/\/[^/]+\/[^/]+/.test(url);
  if (!known) return newText.badDatabase(url);
  const hasPassword = /^[a-z]+:\/\/[^/@]*:[^/]*@|[?&]password=/i.test(url);
  const setting = PATTERNS[pattern ?? "to-db"].database ?? "database.url";
  return hasPassword ? newText.password(variableOf(setting)) : undefined;
}

/**
 * Completes what the command line says by asking, where somebody is there to answer; what is answered wrongly is asked
 * again, what stands wrongly on the command line is not.
 */
export function answersFor(
  given: Given,
  questions: Questions,
  wants: {
    readonly database: (pattern: Pattern) => boolean;
    readonly usualDatabase: (name: string) => string;
  },
): Answers | NoAnswers {
  const wrong = problemIn(given);
  if (wrong !== undefined) return { problem: wrong };
  const missing = [
    ...(given.name === undefined ? ["NAME"] : []),
    ...(given.pattern === undefined ? [`--pattern (${PATTERN_NAMES.join(", ")})`] : []),
  ];
  if (!questions.canAsk && missing.length > 0) return { problem: newText.missing(missing) };

  const name = given.name ?? asked(questions, newText.askName, undefined, problemOfName);
  if (name === undefined) return { problem: newText.cancelled };
  const pattern = given.pattern ?? askedPattern(questions);
  if (pattern === undefined) return { problem: newText.cancelled };
  if (!wants.database(pattern)) {
    return given.database === undefined
      ? { name, pattern, database: undefined }
      : { problem: newText.noDatabase(pattern) };
  }
  if (given.database !== undefined || !questions.canAsk) return { name, pattern, database: given.database };
  const usual = wants.usualDatabase(name);
  const database = asked(
    questions,
    newText.askDatabase(usual),
    usual,
    (url) => databaseProblem(url, pattern),
  );
  return database === undefined ? { problem: newText.cancelled } : { name, pattern, database };
}

function problemIn({ name, database, pattern }: Given): string | undefined {
  const problem = name === undefined ? undefined : problemOfName(name);
  return problem ?? (database === undefined ? undefined : databaseProblem(database, pattern));
}

function problemOfName(name: string): string | undefined {
  const problem = nameProblem(name);
  return problem === undefined ? undefined : newText.badName(name, problem);
}

function askedPattern(questions: Questions): Pattern | undefined {
  const isPattern = (text: string): text is Pattern => PATTERN_NAMES.some((name) => name === text);
  const question = `${newText.askPattern}${newText.askWhich}`;
  const answer = asked(
    questions,
    question,
    PATTERN_NAMES[0],
    (text) => isPattern(text) ? undefined : newText.badPattern(text),
  );
  return answer !== undefined && isPattern(answer) ? answer : undefined;
}

/** Asks until the answer is right; undefined where the input has ended. An empty line means the usual answer, if there is one. */
function asked(
  questions: Questions,
  question: string,
  usual: string | undefined,
  problemOf: (answer: string) => string | undefined,
): string | undefined {
  let words = question;
  while (true) {
    const line = questions.ask(words);
    if (line === undefined) return undefined;
    const answer = line === "" ? usual : line;
    const problem = answer === undefined ? undefined : problemOf(answer);
    if (answer !== undefined && problem === undefined) return answer;
    words = problem === undefined ? question : `${problem}\n${question}`;
  }
}
