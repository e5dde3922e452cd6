import { buildCommand, buildRouteMap } from "../deps/stricli.ts";
import { kafkaFlags, parsePartition } from "./flags.ts";
import { parseMoment } from "./moments.ts";
import { reset } from "./offsets_reset.ts";
import { show } from "./offsets_show.ts";
import { flagText } from "./text/flags.ts";
import { offsetsText } from "./text/offsets.ts";

const group = { kind: "parsed", parse: String, brief: flagText.group, placeholder: "GROUP" } as const;
const topic = { kind: "parsed", parse: String, brief: flagText.topic, placeholder: "TOPIC" } as const;

/** `datapy offsets` */
export const offsets = buildRouteMap({
  routes: {
    show: buildCommand({
      func: show,
      parameters: { flags: { group, topic: { ...topic, optional: true }, ...kafkaFlags } },
      docs: { brief: offsetsText.show, fullDescription: offsetsText.showFull },
    }),
    reset: buildCommand({
      func: reset,
      parameters: {
        flags: {
          group,
          topic,
          to: {
            kind: "parsed",
            parse: (text: string) => parseMoment(text),
            proposeCompletions: () => ["earliest", "latest"],
            brief: offsetsText.to,
            placeholder: "MOMENT",
          },
          partition: {
            kind: "parsed",
            parse: parsePartition,
            variadic: true,
            optional: true,
            brief: flagText.partition,
            placeholder: "N",
          },
          execute: { kind: "boolean", default: false, withNegated: false, brief: offsetsText.execute },
          dryRun: { kind: "boolean", default: false, withNegated: false, brief: offsetsText.dryRun },
          ...kafkaFlags,
        },
      },
      docs: { brief: offsetsText.reset, fullDescription: offsetsText.resetFull },
    }),
  },
  docs: { brief: offsetsText.brief },
});
