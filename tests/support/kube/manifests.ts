/** Manifests as `oc apply -k` would send them. */
import { relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
// deno-lint-ignore no-import-prefix -- not in deno.json: a first `deno task` would fetch it
import { parseAllDocuments } from "npm:yaml@2.9.1";
import { kubeTools, run } from "./tools.ts";

export const OPENSHIFT = new URL("../../../openshift/", import.meta.url);

/** Any value of a manifest. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** An object of Kubernetes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [name: string]: Value };
  readonly [name: string]: Value;
}

/** The objects in a text of YAML. Throws where it is no YAML, or a key is there twice. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as Manifest;
  });
}

/** Renders a folder that has a kustomization, given by its path below openshift/ or as a whole. */
export async function render(folder: string): Promise<Manifest[]> {
  const { kubectl } = await kubeTools();
  return parseManifests(await run([kubectl, "kustomize", fileURLToPath(new URL(folder, OPENSHIFT))]));
}

/** Renders what an overlay of a user's own has that names folders below openshift/. */
export async function renderOwn(
  resources: readonly string[],
  components: readonly string[],
): Promise<Manifest[]> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    const listed = (names: readonly string[]) =>
      names.map((name) => relative(folder, fileURLToPath(new URL(name, OPENSHIFT))));
    const kustomization = { resources: listed(resources), components: listed(components) };
    await Deno.writeTextFile(`${folder}/kustomization.yaml`, JSON.stringify(kustomization));
    return await render(pathToFileURL(folder).href);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The value at a path such as `spec.template.spec.containers.0.name`; undefined where there is none. */
export function at(value: Value | undefined, path: string): Value | undefined {
  return path.split(".").reduce<Value | undefined>(
    (found, key) =>
      typeof found === "object" && found !== null ? (found as Record<string, Value>)[key] : undefined,
    value,
  );
}

/** The list at a path; empty where there is none. */
export function listAt(value: Value | undefined, path: string): readonly Value[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The one object of a kind, and of a name where there are several. */
export function the(kind: string, manifests: readonly Manifest[], name?: string): Manifest {
  const found = manifests.filter((one) =>
    one.kind === kind && (name === undefined || one.metadata.name === name)
  );
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`${found.length} objects of kind ${kind}, expected one`);
  }
  return first;
}

/** Values to put at paths; undefined removes what is there. */
export type Changes = Readonly<Record<string, Value | undefined>>;

/** A copy with other values at some paths; undefined removes one. */
export function changed(manifest: Manifest, changes: Changes): Manifest {
  const copy = structuredClone(manifest);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let parent = copy as unknown as Record<string, Value>;
    for (const key of keys) parent = (parent[key] ??= {}) as Record<string, Value>;
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy;
}
