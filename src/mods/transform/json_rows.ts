import type { Row } from "../../core/rows.ts";
import { keepsDigits, type NumberRules } from "./json_exact.ts";
import { extractRows } from "./json_extract.ts";
import { planExtract } from "./json_fields.ts";
import type { ExtractSettings } from "./json_settings.ts";
import { parseTwice } from "./json_text.ts";
import { remember } from "./mapper/remember.ts";

/** Rows by JSONPath of a document's text. */
export type RowsByPath = (text: string, maxDepth: number, rules: NumberRules) => readonly Row[];

/**
 * Makes rows of documents by loops and fields, which are checked once for the same settings. Throws a `ModError` of kind
 * configuration where they are wrong.
 */
export const planRows: (settings: ExtractSettings) => RowsByPath = remember((settings: ExtractSettings) => {
  const plan = planExtract(settings);
  const showsDigits = (plan.fields ?? []).some(({ cast }) => cast !== undefined && keepsDigits(cast.type));
  return (text, maxDepth, rules) => {
    const document = parseTwice(text, maxDepth, showsDigits || rules.decimals === "string");
    return extractRows(document, plan, rules);
  };
});
