import assert from "node:assert/strict";
import { openDatabase } from "../../src/database/open.ts";
import type { DatabaseOptions } from "../../src/database/database.ts";
import { makeCertificates, type TestCertificates } from "../support/certificates.ts";
import { dedicatedPostgres } from "../support/postgres.ts";
import { refusal } from "../unit/database/support.ts";

const folder = await Deno.makeTempDir({ prefix: "datapy-test-" });
let certificates: TestCertificates;
let tls: { certificate: string; key: string };
let expired: typeof tls;
let clientCa: string;
try {
  certificates = await makeCertificates(folder);
  const read = (path: string) => Deno.readTextFileSync(path);
  tls = { certificate: read(certificates.brokerCert), key: read(certificates.brokerKey) };
  expired = { ...tls, certificate: read(certificates.expiredBrokerCert) };
  clientCa = read(certificates.ca);
} catch (error) {
  await Deno.remove(folder, { recursive: true });
  throw error;
}
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

/** An address of this machine that the certificate does not name. */
const OTHER_NAME = "127.0.0.2";
const server = await dedicatedPostgres({ tls, settings: { listen_addresses: `localhost,${OTHER_NAME}` } });
const { ca, foreignCa } = certificates;

/** The same server by another name, or with parameters. */
const at = (parameters: string, host = "localhost", url = server.url) =>
  url.replace("localhost", host) + (parameters === "" ? "" : `?${parameters}`);

/** Whether the connection of a url has TLS. */
async function hasTls(url: string, options: DatabaseOptions = {}): Promise<unknown> {
  const database = await openDatabase(url, options);
  try {
    const rows = await database.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    return rows[0]?.ssl;
  } finally {
    await database.close();
  }
}

Deno.test("PostgreSQL: to this machine there is no TLS, unless it is asked for", async () => {
  assert.equal(await hasTls(at("")), false);
  assert.equal(await hasTls(at("", "127.0.0.1")), false);
  assert.equal(await hasTls(at("sslmode=disable")), false);
  assert.equal(await hasTls(at("sslmode=require")), true);
});

Deno.test("PostgreSQL: verify-full takes the right authority and name, and is what a CA alone means", async () => {
  for (const host of ["localhost", "127.0.0.1"]) {
    assert.equal(await hasTls(at(`sslmode=verify-full&sslrootcert=${ca}`, host)), true);
    assert.equal(await hasTls(at("", host), { tlsCa: ca }), true);
  }
  for (const mode of ["verify-ca", "verify-full"]) {
    const text = await refusal(hasTls(at(`sslmode=${mode}&sslrootcert=${foreignCa}`)), "configuration");
    assert.match(text, /of an authority that is not trusted: name the authority's PEM file by sslrootcert/);
    await refusal(hasTls(at(`sslmode=${mode}`)), "configuration");
  }
  await refusal(hasTls(at("", "localhost"), { tlsCa: foreignCa }), "configuration");
});

Deno.test("PostgreSQL: require takes any certificate, and with an authority only one of it, as in libpq", async () => {
  assert.equal(await hasTls(at(`sslmode=require&sslrootcert=${ca}`)), true);
  await refusal(hasTls(at(`sslmode=require&sslrootcert=${foreignCa}`)), "configuration");
});

Deno.test("PostgreSQL: a certificate for another name is refused by verify-full, taken by verify-ca", async () => {
  const text = await refusal(
    hasTls(at(`sslmode=verify-full&sslrootcert=${ca}`, OTHER_NAME)),
    "configuration",
  );
  assert.match(text, /for another host name: use the name that stands in it, or sslmode=verify-ca/);
  assert.equal(await hasTls(at(`sslmode=verify-ca&sslrootcert=${ca}`, OTHER_NAME)), true);
});

Deno.test("PostgreSQL: an expired certificate is refused, and said to be", async () => {
  await using old = await dedicatedPostgres({ tls: expired });
  const text = await refusal(hasTls(at(`sslrootcert=${ca}`, "localhost", old.url)), "configuration");
  assert.match(text, /the server's certificate (has expired|is of an authority that is not trusted)/);
});

Deno.test("PostgreSQL: a server without TLS is refused where TLS is asked for", async () => {
  await using plain = await dedicatedPostgres();
  for (const mode of ["require", "verify-full"]) {
    const text = await refusal(hasTls(at(`sslmode=${mode}`, "localhost", plain.url)), "configuration");
    assert.match(text, /the server has no TLS, and the connection asks for it/);
  }
  assert.equal(await hasTls(plain.url), false);
});

Deno.test("PostgreSQL: a server that takes only TLS says so to a connection without", async () => {
  await using strict = await dedicatedPostgres({ tls, access: ["hostssl all all all scram-sha-256"] });
  assert.match(await refusal(hasTls(strict.url), "configuration"), /no encryption|SSL off/);
  assert.equal(await hasTls(at(`sslrootcert=${ca}`, "localhost", strict.url)), true);
});

Deno.test("PostgreSQL: a client's certificate lets it in, and is asked for where it lacks", async () => {
  await using mutual = await dedicatedPostgres({
    tls,
    clientAuthorities: clientCa,
    access: ["hostssl all all all scram-sha-256 clientcert=verify-ca"],
  });
  const url = at("", "localhost", mutual.url);
  const options = { tlsCa: ca, tlsCertificate: certificates.clientCert, tlsKey: certificates.clientKey };
  assert.equal(await hasTls(url, options), true);
  const text = await refusal(hasTls(url, { tlsCa: ca }), "configuration");
  assert.match(text, /client certificate/);
});

Deno.test("PostgreSQL: files of certificates that cannot be used are named", async () => {
  const missing = await refusal(hasTls(at(`sslrootcert=${folder}/nothing.pem`)), "configuration");
  assert.match(missing, /cannot read the authorities in .*nothing\.pem: there is no such file/);
  const wrong = `${folder}/ca.cnf`;
  assert.match(
    await refusal(hasTls(at(`sslrootcert=${wrong}`)), "configuration"),
    /ca\.cnf is not a PEM file/,
  );
  const alone = await refusal(hasTls(at("sslmode=require&sslcert=x.pem")), "configuration");
  assert.match(alone, /needs its key/);
});
