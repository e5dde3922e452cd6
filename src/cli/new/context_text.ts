import { isPlainSecret } from "../plain_secret.ts";

/** A context file, read: sections of keys. */
export type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The keys that a job reads, such as `kafka.input_topic`; the level of its log is one of every job's. */
export function keysOf(job: string): readonly string[] {
  const references = [...job.matchAll(/\$\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)\}/g)].map(([, key = ""]) =>
    key
  );
  const values = [...job.matchAll(/contextValue\(\s*"([^"]+)"/g)].map(([, key = ""]) => key);
  return [...new Set([...references, ...values, "processing.log_level"])];
}

const GROUP = "consumer_group";
const DATABASE = /(^|_)url$/;

/** Whether a key names a database: it is the `url` of the database, or a `database_url`. */
const namesDatabase = (section: string, key: string) =>
  (section === "database" && DATABASE.test(key)) || key === "database_url";

/** What a new job's settings are made from, besides the template's. */
export interface OwnSettings {
  readonly name: string;
  readonly database: string;
  /** Settings that take the place of the template's; undefined where there are none. */
  readonly context: Sections | undefined;
}

/**
 * The context file of a new job: of the template's sections the keys that the job reads, in their order; its consumer
 * group and its database are its own.
 */
export function contextText(
  job: string,
  template: Sections,
  { name, database, context }: OwnSettings,
): string {
  const keys = new Set(keysOf(job));
  const sections = Object.entries(template).map(([section, values]) => {
    const kept = Object.entries(values).filter(([key]) => keys.has(`${section}.${key}`));
    const own = kept.map(([key, value]) => {
      if (key === GROUP) return [key, name];
      if (namesDatabase(section, key)) return [key, database];
      const given = context?.[section]?.[key];
      return [key, given === undefined || isPlainSecret(key, given) ? value : given];
    });
    return [section, Object.fromEntries(own)] as const;
  }).filter(([, values]) => Object.keys(values).length > 0);
  return `${JSON.stringify(Object.fromEntries(sections), undefined, 2)}\n`;
}

/** Where a job keeps its rows if nobody says otherwise: a file below data/, where `deno task run` may write. */
export const defaultDatabase = (name: string): string => `duckdb:data/${name}.duckdb`;
