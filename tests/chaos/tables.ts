/** The tables that the job writes into. The number of a row of audit is given by the database, in the order of the inserts. */
export const TABLES = `
  CREATE TABLE orders (id text PRIMARY KEY, customer text NOT NULL, amount numeric(12, 2) NOT NULL);
  CREATE SEQUENCE audit_n;
  CREATE TABLE audit (
    n bigint PRIMARY KEY DEFAULT nextval('audit_n'), id text NOT NULL, key text NOT NULL, partition int NOT NULL, "at" bigint NOT NULL
  );
  CREATE INDEX audit_place ON audit (partition, "at")`;
