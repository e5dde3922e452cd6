/** Whether a manifest has the form that a cluster expects, unknown fields refused. */
// deno-lint-ignore no-import-prefix -- not in deno.json: a first `deno task` would fetch it
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import { type Manifest, parseManifests, type Value } from "./manifests.ts";
import { type KubernetesVersion, kubeTools } from "./tools.ts";

/** Says what is wrong, one line each. */
export type FormCheck = (manifest: Manifest) => string[];

type Schema = { [name: string]: unknown };
interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const DEFINITIONS = "https://kubernetes.io/api/_definitions.json";
const FORMATS = ["byte", "date-time", "double", "int32", "int64", "password", "duration", "int-or-string"];

/**
 * A custom resource's schema as the API server reads it with `--validate=strict`: an object with listed fields has no
 * others, and a number or a text is as it says.
 */
function strict(schema: unknown, isTop = true): unknown {
  if (Array.isArray(schema)) return schema.map((one) => strict(one, false));
  if (typeof schema !== "object" || schema === null) return schema;
  const given = schema as Schema;
  const own = given["x-kubernetes-int-or-string"] === true
    ? { ...given, type: ["integer", "string"] }
    : given;
  const result: Schema = Object.fromEntries(
    Object.entries(own).map(([name, value]) => {
      if (name === "pattern") return [name, String(value).replace(/^\^\(\?i\)(.*)$/, "^(?i:$1)")]; // as Go writes it
      if (name !== "properties") return [name, typeof value === "object" ? strict(value, false) : value];
      const fields = Object.entries(value as Schema).map(([field, inner]) => [field, strict(inner, false)]);
      return [name, Object.fromEntries(fields)];
    }),
  );
  const isClosed = result["properties"] !== undefined && result["additionalProperties"] === undefined &&
    result["x-kubernetes-preserve-unknown-fields"] !== true;
  if (isClosed && (isTop || result["type"] === "object")) result["additionalProperties"] = false;
  return result;
}

const keyOf = ({ group, version, kind }: GroupVersionKind) =>
  `${group === "" ? "" : `${group}/`}${version} ${kind}`;

/** What the schemas of a version of Kubernetes, and of the custom resources, say about a manifest. */
export async function formCheck(version: KubernetesVersion): Promise<FormCheck> {
  const tools = await kubeTools();
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: Object.fromEntries(FORMATS.map((format) => [format, true])),
  });
  const definitions = JSON.parse(await Deno.readTextFile(tools.definitions(version))) as {
    $defs: Record<string, Schema>;
  };
  ajv.addSchema({ ...definitions, $id: DEFINITIONS });
  const names = new Map<string, string>();
  for (const [name, schema] of Object.entries(definitions.$defs)) {
    const kinds = schema["x-kubernetes-group-version-kind"] as readonly GroupVersionKind[] | undefined;
    const [only] = kinds ?? [];
    if (only !== undefined && kinds?.length === 1) names.set(keyOf(only), `${DEFINITIONS}#/$defs/${name}`);
  }
  for (const path of tools.customResources) {
    for (const { spec } of parseManifests(await Deno.readTextFile(path))) {
      const { group, names: { kind }, versions } = spec as unknown as CustomResource;
      for (const { name: version, schema } of versions) {
        const key = keyOf({ group, version, kind });
        ajv.addSchema(strict(schema.openAPIV3Schema) as Schema, key);
        names.set(key, key);
      }
    }
  }
  return (manifest) => {
    const key = `${manifest.apiVersion} ${manifest.kind}`;
    const validate = ajv.getSchema(names.get(key) ?? "");
    if (validate === undefined) return [`${key}: Kubernetes ${version} knows no such kind`];
    if (validate(manifest)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${manifest.kind} ${manifest.metadata.name}${instancePath}: ${message} ${JSON.stringify(params)}`
    );
  };
}

interface CustomResource {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly {
    readonly name: string;
    readonly schema: { readonly openAPIV3Schema: Value };
  }[];
}
