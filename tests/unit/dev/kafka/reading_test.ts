import assert from "node:assert/strict";
import fc from "fast-check";
import { engineAddresses } from "../../../../src/dev/shared/engine_address.ts";
import { withoutFrames } from "../../../../src/dev/shared/engine_api.ts";
import { externalKafka } from "../../../../src/dev/kafka/external.ts";
import { readJavaVersion } from "../../../../src/dev/kafka/jvm_java.ts";
import { splitAddress } from "../../../../src/dev/kafka/running.ts";
import { FakeMachine } from "../fake_tools.ts";

Deno.test("readJavaVersion() reads the versions of eight years", () => {
  const debian =
    'openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment (build 17.0.15+6-Debian-1)';
  assert.deepEqual(readJavaVersion(debian), { version: 17, build: "17.0.15+6-Debian-1" });
  assert.equal(readJavaVersion('java version "1.8.0_402"')?.version, 8);
  assert.equal(readJavaVersion('openjdk version "25" 2025-09-16')?.version, 25);
  assert.equal(readJavaVersion('openjdk version "26-ea" 2026-03-17')?.version, 26);
  assert.equal(
    readJavaVersion("The operation couldn't be completed. Unable to locate a Java Runtime."),
    undefined,
  );
});

Deno.test("engineAddresses() takes DOCKER_HOST alone, or the usual sockets", () => {
  const of = (env: Record<string, string>) => engineAddresses((name) => env[name]);
  assert.deepEqual(of({ DOCKER_HOST: "unix:///x.sock", HOME: "/h" }), [{ kind: "unix", path: "/x.sock" }]);
  assert.deepEqual(of({ DOCKER_HOST: "tcp://far:2376" }), [{ kind: "tcp", host: "far", port: 2376 }]);
  assert.match(String(of({ DOCKER_HOST: "ssh://far" })), /only unix:\/\/ and tcp:\/\//);
  assert.match(String(of({ DOCKER_HOST: "tcp://far:2376", DOCKER_TLS_VERIFY: "1" })), /TLS/);
  const usual = of({ HOME: "/h", XDG_RUNTIME_DIR: "/run/user/1" });
  const paths = typeof usual === "string"
    ? []
    : usual.map((address) => address.kind === "unix" ? address.path : "");
  assert.ok(paths.includes("/var/run/docker.sock") && paths.includes("/run/user/1/podman/podman.sock"));
});

Deno.test("externalKafka() takes host:port, one or several, and nothing else", () => {
  const of = (text: string | undefined) => {
    const machine = new FakeMachine();
    if (text !== undefined) machine.env.set("DATAPY_KAFKA", text);
    return externalKafka(machine.tools());
  };
  assert.equal(of(undefined), undefined);
  assert.equal(of("localhost:9092"), "localhost:9092");
  assert.equal(of(" a.b:1,c:2 "), "a.b:1,c:2");
  for (const wrong of ["localhost", "a:1;b:2", ":9092", "kafka://a:1", "a:1,"]) {
    assert.throws(() => of(wrong), /expected host:port/, wrong);
  }
});

Deno.test("splitAddress() gives the first address, localhost as the address where brokers listen", () => {
  assert.deepEqual(splitAddress("localhost:9093,b:1"), ["127.0.0.1", 9093]);
  assert.deepEqual(splitAddress("far.example:9092"), ["far.example", 9092]);
});

Deno.test("withoutFrames() gives back what a container printed, however it was cut into frames", () =>
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(40)), (text, cuts) => {
    const bytes = new TextEncoder().encode(text);
    const frames: number[] = [];
    let from = 0;
    for (const length of [...cuts, bytes.length]) {
      const part = bytes.subarray(from, from + length);
      from += part.length;
      frames.push(1, 0, 0, 0, 0, 0, part.length >> 8, part.length & 0xff, ...part);
    }
    assert.equal(withoutFrames(new Uint8Array(frames)), text);
  })));
