import { buildCommand, buildRouteMap } from "../deps/stricli.ts";
import { drop } from "./dlq_drop.ts";
import { filterFlags, parsePlace, rangeFlags } from "./dlq_filter.ts";
import { list } from "./dlq_list.ts";
import { redrive } from "./dlq_redrive.ts";
import { show } from "./dlq_show.ts";
import { kafkaFlags } from "./flags.ts";
import { dlqText } from "./text/dlq.ts";

const topic = { brief: dlqText.topic, parse: String, placeholder: "TOPIC" } as const;
const onTopic = { kind: "tuple", parameters: [topic] } as const;
const dryRun = { kind: "boolean", default: false, withNegated: false, brief: dlqText.dryRun } as const;

/** Messages a second. */
function parseRate(text: string): number {
  const rate = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || rate <= 0 || rate > 1_000_000) throw new RangeError(dlqText.rateForm);
  return rate;
}

/** `datapy dlq` */
export const dlq = buildRouteMap({
  routes: {
    list: buildCommand({
      func: list,
      parameters: { flags: { ...rangeFlags, ...kafkaFlags }, positional: onTopic },
      docs: { brief: dlqText.list, fullDescription: dlqText.listFull },
    }),
    show: buildCommand({
      func: show,
      parameters: {
        flags: { ...kafkaFlags },
        positional: {
          kind: "tuple",
          parameters: [topic, { brief: dlqText.place, parse: parsePlace, placeholder: "PLACE" }],
        },
      },
      docs: { brief: dlqText.show, fullDescription: dlqText.showFull },
    }),
    redrive: buildCommand({
      func: redrive,
      parameters: {
        flags: {
          ...filterFlags,
          to: { kind: "parsed", parse: String, optional: true, brief: dlqText.to, placeholder: "TOPIC" },
          rate: { kind: "parsed", parse: parseRate, optional: true, brief: dlqText.rate, placeholder: "N" },
          force: { kind: "boolean", default: false, withNegated: false, brief: dlqText.force },
          execute: { kind: "boolean", default: false, withNegated: false, brief: dlqText.executeRedrive },
          dryRun,
          ...kafkaFlags,
        },
        positional: onTopic,
      },
      docs: { brief: dlqText.redrive, fullDescription: dlqText.redriveFull },
    }),
    drop: buildCommand({
      func: drop,
      parameters: {
        flags: {
          ...filterFlags,
          execute: { kind: "boolean", default: false, withNegated: false, brief: dlqText.executeDrop },
          dryRun,
          ...kafkaFlags,
        },
        positional: onTopic,
      },
      docs: { brief: dlqText.drop, fullDescription: dlqText.dropFull },
    }),
  },
  docs: { brief: dlqText.brief },
});
