import type { Tools } from "../shared/tools.ts";
import { MINIMUM_VERSION } from "./versions.ts";

/** The programs of a PostgreSQL: initdb and postgres in one folder. */
export interface Programs {
  readonly engine: "installed" | "npm";
  readonly folder: string;
  /** `15.18`. */
  readonly version: string;
}

/** Where packages put them: Debian, Red Hat's and PostgreSQL's own, Homebrew; and what the PATH has. */
const LOOK = `
for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \\
  "$(dirname "$(command -v initdb 2>/dev/null)" 2>/dev/null)"
do
  [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] && echo "$folder $("$folder/postgres" --version)"
done
true
`;

/** The installed programs of the newest version; undefined where there are none that are new enough. */
export async function installedPrograms(tools: Tools): Promise<Programs | undefined> {
  const { stdout } = await tools.subprocesses.run(["sh", "-c", LOOK], 20_000);
  return newestPrograms(stdout);
}

/** Reads lines such as `/usr/lib/postgresql/15/bin postgres (PostgreSQL) 15.18 (Debian ...)`. */
export function newestPrograms(text: string): Programs | undefined {
  const found = text.split("\n").flatMap((line): Programs[] => {
    const match = /^(\/.+?) postgres \(PostgreSQL\) (\d+(?:\.\d+)?)/.exec(line);
    const [, folder, version] = match ?? [];
    if (folder === undefined || version === undefined || Number.parseInt(version) < MINIMUM_VERSION) {
      return [];
    }
    return [{ engine: "installed", folder, version }];
  });
  return found.sort((a, b) => Number(b.version) - Number(a.version))[0];
}
