type Values = Readonly<Record<string, unknown>>;

/** A context's values with settings by their keys put over them: `"database.url"` is `url` in the section `database`. */
export function overlaySettings(values: Values, settings: Values): Values {
  return Object.entries(settings).reduce((all, [key, value]) => put(all, key.split("."), value), values);
}

function put(values: Values, [first = "", ...rest]: readonly string[], value: unknown): Values {
  const inner = values[first];
  const section = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner as Values : {};
  return { ...values, [first]: rest.length === 0 ? value : put(section, rest, value) };
}
