/**
 * A real API server of Kubernetes, which judges manifests as a cluster does: forms, defaults, rules between fields, Pod
 * Security. No node, no controller: nothing runs. Its programs, `kube-apiserver` and `etcd`, are in the folder that
 * KUBEBUILDER_ASSETS names, as for other projects' tests (`setup-envtest` fetches them).
 */
import { join } from "node:path";
import { type Child, systemSubprocesses } from "../../../src/runtime/subprocess.ts";
import { systemPorts } from "../../../src/runtime/ports.ts";
import { waitFor } from "../wait_for.ts";
import { kubeTools } from "./tools.ts";

const ASSETS = Deno.env.get("KUBEBUILDER_ASSETS");

/** Why there can be no API server here; undefined where there can. */
export const noApiServer: string | undefined = ASSETS === undefined
  ? "KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd"
  : undefined;

/** Both end when this process does: then the guardian's standard input ends. */
const GUARDIAN = `
cd "$1" || exit 1
"$2/etcd" --data-dir data --listen-client-urls "http://127.0.0.1:$3" --advertise-client-urls "http://127.0.0.1:$3" \\
  --listen-peer-urls "http://127.0.0.1:$4" --log-level error </dev/null >etcd.log 2>&1 &
etcd=$!
openssl genrsa -out sa.key 2048 2>/dev/null
echo 'token,admin,admin,"system:masters"' > tokens.csv
"$2/kube-apiserver" --etcd-servers "http://127.0.0.1:$3" --bind-address 127.0.0.1 --secure-port "$5" --cert-dir certs \\
  --service-account-issuer https://kubernetes.default.svc --service-account-key-file sa.key \\
  --service-account-signing-key-file sa.key --token-auth-file tokens.csv --authorization-mode RBAC \\
  --disable-admission-plugins ServiceAccount --allow-privileged </dev/null >server.log 2>&1 &
server=$!
trap 'kill $server $etcd' INT HUP TERM
cat >/dev/null
kill $server
wait $server
kill $etcd
wait $etcd
`;

/** What kubectl said. */
export interface Answer {
  readonly accepted: boolean;
  /** Errors and warnings. */
  readonly words: string;
}

/** One that runs until it is disposed. */
export class ApiServer implements AsyncDisposable {
  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly guardian: Child,
    readonly client: string,
  ) {}

  static async start(): Promise<ApiServer> {
    const folder = await Deno.makeTempDir();
    const [etcd = 0, peers = 0, port = 0] = systemPorts.free(3);
    const guardian = systemSubprocesses.start(
      ["sh", "-c", GUARDIAN, "sh", folder, ASSETS ?? "", String(etcd), String(peers), String(port)],
    );
    const server = new ApiServer(folder, port, guardian, (await kubeTools()).kubectl);
    try {
      const ready = async () => (await server.kubectl(["get", "--raw", "/readyz"])).accepted;
      await waitFor(ready, "the API server to be ready", 60_000);
    } catch (error) {
      const log = await Deno.readTextFile(join(folder, "server.log"));
      await server[Symbol.asyncDispose]();
      throw new Error(`the API server did not start\n${log.slice(-3000)}`, { cause: error });
    }
    return server;
  }

  /** Runs kubectl against it; manifests may come as objects, by `-f FILE`. */
  async kubectl(
    args: readonly string[],
    manifests?: readonly object[],
  ): Promise<Answer & { readonly out: string }> {
    const connection = [
      `--server=https://127.0.0.1:${this.port}`,
      "--insecure-skip-tls-verify",
      "--token=token",
    ];
    const file = join(this.folder, "manifests.json");
    if (manifests !== undefined) {
      await Deno.writeTextFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }));
    }
    const words = [this.client, ...connection, `--cache-dir=${this.folder}/cache`, ...args];
    const { code, stdout, stderr } = await systemSubprocesses.run(
      manifests === undefined ? words : [...words, "-f", file],
      60_000,
    );
    return { accepted: code === 0, words: stderr, out: stdout };
  }

  /** The same, where it must succeed. */
  async must(args: readonly string[], manifests?: readonly object[]): Promise<string> {
    const answer = await this.kubectl(args, manifests);
    if (!answer.accepted) throw new Error(`kubectl ${args.join(" ")}: ${answer.words}`);
    return answer.out;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.guardian.closeInput();
    await this.guardian.ended();
    await Deno.remove(this.folder, { recursive: true });
  }
}
