/** Words of `datapy mods`. */
export const modsText = {
  brief: "What jobs are made of",
  list: "List all mods",
  listFull: ["Lists the mods that come with DataPy.", "", "Example:", "  datapy mods list"].join("\n"),
  describe: "Describe a mod: its parameters, what it hands on, a call",
  describeFull: [
    "Describes a mod by its declaration: parameters with type, default and meaning, what it hands on, and an example. " +
    "--json-schema prints a JSON Schema (draft 2020-12) of the parameters, for editors and other programs.",
    "",
    "Examples:",
    "  datapy mods describe kafka_consumer",
    "  datapy mods describe kafka_consumer --json-schema > kafka_consumer.schema.json",
  ].join("\n"),
  name: "Name of the mod",
  jsonSchema: "Print a JSON Schema of the parameters",
  none: (name: string, hint: string) => `There is no mod "${name}"${hint}; "datapy mods list" shows all`,
  parameters: "PARAMETERS",
  artifacts: "ARTIFACTS",
  example: "EXAMPLE",
  titles: { name: "NAME", type: "TYPE", fallback: "DEFAULT" },
  required: "required",
  noDefault: "-",
  marks: {
    advanced: "Advanced.",
    data: "Data: no ${...} is filled in.",
    secret: "Secret: masked wherever it is printed.",
  },
} as const;
