import config from "../../../deno.json" with { type: "json" };
import { readContextFile } from "../../context/context_file.ts";
import { systemFiles } from "../../runtime/files.ts";
import { type NewFiles, systemNewFiles } from "../../runtime/new_files.ts";
import { type Questions, systemQuestions } from "../../runtime/questions.ts";
import type { Sections } from "./context_text.ts";
import { type Home, homeOf } from "./framework.ts";
import { type ReadText, readText } from "./templates.ts";

/** The library behind `datapy new`. */
export interface NewLibrary {
  readonly home: Home;
  readonly questions: Questions;
  readonly files: NewFiles;
  readonly read: ReadText;
  /** Reads a context file. Throws a `ConfigurationError` where it cannot be read. */
  contextFile(path: string): Sections;
}

/** That of this machine. */
export const systemNewLibrary: NewLibrary = {
  home: homeOf(import.meta.url, config.version),
  questions: systemQuestions,
  files: systemNewFiles,
  read: readText,
  contextFile: (path) => readContextFile(path, systemFiles) as Sections,
};
