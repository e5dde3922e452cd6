import assert from "node:assert/strict";
import { inspect } from "node:util";
import { Secret } from "../../../src/core/secret.ts";
import { readTlsFiles, type TlsPaths } from "../../../src/kafka/tls_files.ts";
import { type Files, systemFiles } from "../../../src/runtime/files.ts";
import { testUnless } from "../../support/broker.ts";
import { hasOpenssl, makeCertificates, type TestCertificates } from "../../support/certificates.ts";

const DAY_MS = 86_400_000;
const reason = await hasOpenssl() ? undefined : "there is no openssl here";

const none: TlsPaths = {
  ssl_ca_location: undefined,
  ssl_cert_location: undefined,
  ssl_key_location: undefined,
  ssl_key_password: undefined,
};

function read(paths: Partial<TlsPaths>, now = Date.now(), files: Files = systemFiles) {
  return readTlsFiles({ ...none, ...paths }, files, now);
}

async function refused(
  paths: Partial<TlsPaths>,
  pattern: RegExp,
  now?: number,
  files?: Files,
): Promise<void> {
  await assert.rejects(read(paths, now, files), { name: "ConfigurationError", message: pattern });
}

testUnless(reason, "readTlsFiles() checks what it reads", async (t) => {
  const folder = await Deno.makeTempDir();
  try {
    await steps(t, await makeCertificates(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function steps(t: Deno.TestContext, certificates: TestCertificates): Promise<void> {
  await t.step("reads authorities, certificate and key, and shows none of it", async () => {
    const { ca, clientCert, clientKey } = certificates;
    const paths = { ssl_ca_location: ca, ssl_cert_location: clientCert, ssl_key_location: clientKey };
    const { tls, warnings } = await read(paths);
    assert.match(tls.ca!, /^-----BEGIN CERTIFICATE-----/);
    assert.match(tls.certificate!, /^-----BEGIN CERTIFICATE-----/);
    assert.equal(tls.key!.reveal(), Deno.readTextFileSync(clientKey));
    assert.doesNotMatch(inspect(tls) + JSON.stringify(tls), /PRIVATE KEY/);
    assert.deepEqual(tls.files, { ca, certificate: clientCert, key: clientKey });
    assert.match(warnings.join("\n"), /^The certificate CN=client in \S+ expires on \d{4}-/); // in two days
  });

  await t.step("decrypts an encrypted key", async () => {
    const { clientCert, clientKey, encryptedClientKey, keyPassword } = certificates;
    const paths = { ssl_cert_location: clientCert, ssl_key_location: encryptedClientKey };
    const { tls } = await read({ ...paths, ssl_key_password: new Secret(keyPassword) });
    assert.equal(tls.key!.reveal(), Deno.readTextFileSync(clientKey));
    await refused(paths, /"ssl_key_password" is missing: the key in \S+ is encrypted/);
    const wrong = read({ ...paths, ssl_key_password: new Secret("not-the-password") });
    await assert.rejects(wrong, {
      message: /"ssl_key_password": .* cannot be decrypted: is the password right\?/,
    });
  });

  await t.step("warns of a password that is not needed", async () => {
    const { clientCert, clientKey } = certificates;
    const paths = { ssl_cert_location: clientCert, ssl_key_location: clientKey };
    const { warnings } = await read({ ...paths, ssl_key_password: new Secret("needless-password") });
    assert.ok(warnings.some((warning) => /ssl_key_password is given, but/.test(warning)));
    assert.doesNotMatch(warnings.join(), /needless-password/);
  });

  await t.step("refuses a key that belongs to another certificate", async () => {
    const { clientCert, foreignKey } = certificates;
    const paths = { ssl_cert_location: clientCert, ssl_key_location: foreignKey };
    await refused(
      paths,
      /"ssl_key_location": the key in \S+stranger.key is not the one of the certificate in/,
    );
  });

  await t.step("refuses a certificate outside its time", async () => {
    const { ca, clientCert, expiredClientCert, clientKey } = certificates;
    const paths = { ssl_cert_location: clientCert, ssl_key_location: clientKey };
    await refused({ ...paths, ssl_cert_location: expiredClientCert }, /expired on 2020-02-01/);
    await refused(paths, /valid only from \S+ on: is this machine's clock right/, Date.now() - 30 * DAY_MS);
    await refused(
      { ssl_ca_location: ca },
      /all authorities in \S+ have expired: CN=ca/,
      Date.now() + 30 * DAY_MS,
    );
  });

  await t.step("warns of an expired authority among others", async () => {
    const { ca, expiredClientCert } = certificates;
    const both = Deno.readTextFileSync(ca) + Deno.readTextFileSync(expiredClientCert);
    const { tls, warnings } = await read({ ssl_ca_location: "both" }, Date.now(), holding(both));
    assert.equal(tls.ca!.match(/BEGIN/g)!.length, 2);
    assert.match(warnings.join(), /Authorities in both have expired: CN=client \(on 2020-02-01/);
  });
}

function holding(text: string): Files {
  return { ...systemFiles, readText: () => Promise.resolve(text) };
}

Deno.test("readTlsFiles() says which file cannot be read, and why", async () => {
  await refused(
    { ssl_ca_location: "/no/such/ca.pem" },
    /"ssl_ca_location": cannot read \/no\/such\/ca.pem: there is no/,
  );
});

Deno.test("readTlsFiles() says what a file is that is not PEM, and how to convert it", async () => {
  const of = (text: string, name = "file") => ({
    is: (pattern: RegExp) => refused({ ssl_ca_location: name }, pattern, undefined, holding(text)),
  });
  await of("").is(/is empty/);
  await of("hello").is(/is not PEM: expected a line -----BEGIN CERTIFICATE-----/);
  await of("\uFFFD\uFFFD\uFFFD\uFFFD\0\0\0\x02").is(/JKS.*keytool -importkeystore -srckeystore file/);
  await of("x", "store.jks").is(/JKS.*openssl pkcs12 -in store.p12 -nokeys/);
  await of("x", "store.p12").is(/PKCS12.*openssl pkcs12 -in store.p12 -nokeys/);
  await of("0\uFFFD\x0b", "ca.crt").is(/openssl x509 -inform der -in ca.crt/);
  const key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  await of(key).is(/holds PRIVATE KEY, but no CERTIFICATE/);
  await of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").is(
    /a certificate in file is damaged/,
  );
  await refused({ ssl_key_location: "k" }, /the key in k is damaged/, undefined, holding(key));
  await refused({ ssl_ca_location: key }, /holds a PEM text: expected the path/);
});
