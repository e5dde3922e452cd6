/** PostgreSQL's protocol. Loaded only by a job that has a `postgres:` database; src/database/postgres/library.ts gives it types. */
// deno-lint-ignore no-import-prefix
export const importPg = (): Promise<unknown> => import("npm:pg@8.23.1");
