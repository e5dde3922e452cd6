import { ConfigurationError, errorText } from "../../core/errors.ts";
import { newText } from "../text/new.ts";
import { type Pattern, PATTERNS } from "./patterns.ts";
import type { Templates } from "./project.ts";
import { TEMPLATE_CONTEXT } from "./rewrite.ts";

/** Reads a text from a file or a web server. Rejects where there is none. */
export type ReadText = (url: URL) => Promise<string>;

/** Reads by `fetch`, which reads files too. */
export const readText: ReadText = async (url) => {
  const answer = await fetch(url);
  if (answer.ok) return await answer.text();
  await answer.body?.cancel();
  throw new Error(`it answered ${answer.status}`);
};

/**
 * The templates of a pattern: the job in jobs/ itself, so that they cannot go stale. `folder` is where this command comes
 * from. Throws a `ConfigurationError` that names the file that cannot be read.
 */
export async function templatesOf(pattern: Pattern, folder: URL, read: ReadText): Promise<Templates> {
  const { job } = PATTERNS[pattern];
  const text = async (path: string) => {
    const url = new URL(path, folder);
    try {
      return await read(url);
    } catch (error) {
      throw new ConfigurationError(`${newText.noTemplate(url.href)}: ${errorText(error)}`, { cause: error });
    }
  };
  return {
    job: await text(`jobs/${job}.ts`),
    test: await text(`jobs/${job}_test.ts`),
    context: JSON.parse(await text(`jobs/${TEMPLATE_CONTEXT}`)),
    config: JSON.parse(await text("deno.json")),
  };
}
