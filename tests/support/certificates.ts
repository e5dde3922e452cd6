import { join } from "node:path";

/** A certificate authority with what it signed, as PEM files in one folder. Made by the openssl program, in about 1 s. */
export interface TestCertificates {
  /** The authority's own certificate. */
  readonly ca: string;
  /** Certificate and key of a broker called localhost, also at 127.0.0.1. */
  readonly brokerCert: string;
  readonly brokerKey: string;
  /** A certificate of the same key that expired in 2020. */
  readonly expiredBrokerCert: string;
  readonly clientCert: string;
  readonly clientKey: string;
  /** The client's key, encrypted by {@link keyPassword}. */
  readonly encryptedClientKey: string;
  readonly keyPassword: string;
  /** A client certificate of the same key that expired in 2020. */
  readonly expiredClientCert: string;
  /** Certificate and key that another authority signed. */
  readonly foreignCa: string;
  readonly foreignCert: string;
  readonly foreignKey: string;
}

/** Whether the openssl program is there. */
export async function hasOpenssl(): Promise<boolean> {
  try {
    return (await new Deno.Command("openssl", { args: ["version"], stdout: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** Makes an authority, a broker's and a client's certificates, and foreign ones, in an existing folder. */
export async function makeCertificates(folder: string): Promise<TestCertificates> {
  const at = (name: string) => join(folder, name);
  const openssl = async (...args: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args, cwd: folder }).output();
    if (!success) throw new Error(`openssl ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
  };
  const authority = (name: string) =>
    openssl(
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${name}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.pem`, "-addext", "basicConstraints=critical,CA:TRUE"],
    );
  const request = (name: string, subject: string) =>
    openssl(
      ...["req", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${subject}`],
      ...["-keyout", `${name}.key`, "-out", `${name}.csr`],
    );
  const sign = (request: string, ca: string, out: string, ...dates: string[]) =>
    openssl(
      ...["ca", "-batch", "-notext", "-config", "ca.cnf", "-name", ca, "-extensions", "broker"],
      ...["-in", `${request}.csr`, "-out", `${out}.pem`, ...(dates.length > 0 ? dates : ["-days", "2"])],
    );
  const longAgo = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"];

  await Deno.writeTextFile(at("ca.cnf"), configuration("ca") + configuration("foreign") + EXTENSIONS);
  await Promise.all([authority("ca"), authority("foreign"), request("broker", "localhost")]);
  await Promise.all([request("client", "client"), request("stranger", "stranger")]);
  for (const name of ["ca", "foreign"]) await Deno.writeTextFile(at(`${name}.index`), "");
  await sign("broker", "ca", "broker");
  await sign("broker", "ca", "broker-expired", ...longAgo);
  await sign("client", "ca", "client");
  await sign("client", "ca", "client-expired", ...longAgo);
  await sign("stranger", "foreign", "stranger");
  const keyPassword = "open-sesame";
  await openssl(
    ...[
      "pkcs8",
      "-topk8",
      "-in",
      "client.key",
      "-passout",
      `pass:${keyPassword}`,
      "-out",
      "client-encrypted.key",
    ],
  );
  return {
    ca: at("ca.pem"),
    brokerCert: at("broker.pem"),
    brokerKey: at("broker.key"),
    expiredBrokerCert: at("broker-expired.pem"),
    clientCert: at("client.pem"),
    clientKey: at("client.key"),
    encryptedClientKey: at("client-encrypted.key"),
    keyPassword,
    expiredClientCert: at("client-expired.pem"),
    foreignCa: at("foreign.pem"),
    foreignCert: at("stranger.pem"),
    foreignKey: at("stranger.key"),
  };
}

const configuration = (name: string) =>
  `[${name}]
database = ${name}.index
new_certs_dir = .
certificate = ${name}.pem
private_key = ${name}.key
rand_serial = yes
unique_subject = no
default_md = sha256
policy = anything
[anything]
commonName = supplied
`;

const EXTENSIONS = `[broker]
subjectAltName = DNS:localhost,IP:127.0.0.1
`;
