import { ConfigurationError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import type { ClientSettings } from "./connection.ts";
import { refusalOf } from "./refused_settings.ts";
import {
  ALIASES,
  type BooleanSetting,
  type NumberSetting,
  type SettingDeclaration,
  type SettingName,
  SETTINGS,
} from "./settings_table.ts";

/** The value of a setting, by its declaration. */
export type SettingValue<N extends SettingName> = typeof SETTINGS[N] extends NumberSetting ? number
  : typeof SETTINGS[N] extends BooleanSetting ? boolean
  : string;

/** What is wrong with a key of `additional_config`. Never its value, lest it be a secret. */
function problem(key: string, text: string): ConfigurationError {
  return new ConfigurationError(`${JSON.stringify(key)} ${text}`);
}

/** A setting, or its default: milliseconds, bytes, text or boolean as SETTINGS says. */
export function setting<N extends SettingName>(settings: ClientSettings, name: N): SettingValue<N> {
  return (settings[name] ?? SETTINGS[name].default) as SettingValue<N>;
}

/**
 * Reads `additional_config`: translates other spellings, coerces texts, checks ranges and contradictions. Only what was
 * given is in the result; read it with {@link setting}.
 *
 * Throws a `ConfigurationError` for a key that is unknown or not supported, a value that does not fit, or two settings
 * that contradict each other.
 */
export function readAdditionalConfig(
  given: Readonly<Record<string, string | number | boolean>>,
): ClientSettings {
  const settings: Record<string, string | number | boolean> = {};
  const spellings = new Map<SettingName, string>();
  for (const [key, value] of Object.entries(given)) {
    if (key === "enable.auto.commit" && String(value) === "false") continue; // so it is
    const name = nameOf(key);
    const other = spellings.get(name);
    if (other !== undefined) {
      throw problem(key, `means the same as ${JSON.stringify(other)}: give one`);
    }
    spellings.set(name, key);
    settings[name] = read(key, SETTINGS[name], value);
  }
  checkTogether(settings);
  return settings;
}

function nameOf(key: string): SettingName {
  if (Object.hasOwn(SETTINGS, key)) return key as SettingName;
  if (Object.hasOwn(ALIASES, key)) return ALIASES[key] as SettingName;
  if (key === "enable.auto.commit") {
    throw problem(key, "is not supported: offsets are committed when their messages are done");
  }
  const reason = refusalOf(key);
  if (reason !== undefined) throw problem(key, `is not taken: ${reason}`);
  const known = [...Object.keys(SETTINGS), ...Object.keys(ALIASES)];
  const names = Object.keys(SETTINGS).sort().join(", ");
  throw problem(
    key,
    `is not a setting that is known here${didYouMean(key, known)} (known: ${names})`,
  );
}

function read(
  key: string,
  declared: SettingDeclaration,
  value: string | number | boolean,
): string | number | boolean {
  switch (declared.type) {
    case "number":
      return readNumber(key, declared, value);
    case "boolean":
      if (String(value) === "true" || String(value) === "false") return String(value) === "true";
      throw problem(key, "must be true or false");
    case "text": {
      const text = String(value);
      if (declared.values !== undefined && !declared.values.includes(text)) {
        throw problem(key, `must be one of ${declared.values.join(", ")}: ${declared.meaning}`);
      }
      return text;
    }
  }
}

function readNumber(key: string, declared: NumberSetting, value: string | number | boolean): number {
  const number = typeof value === "string" && /^[+-]?\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isInteger(number)) {
    throw problem(key, `must be an integer: ${declared.meaning}`);
  }
  if (number < declared.min || number > declared.max) {
    throw problem(key, `must be from ${declared.min} to ${declared.max}, not ${number}`);
  }
  return number;
}

function checkTogether(settings: ClientSettings): void {
  const heartbeat = setting(settings, "heartbeat.interval.ms");
  const session = setting(settings, "session.timeout.ms");
  if (heartbeat >= session) {
    throw problem(
      "heartbeat.interval.ms",
      `(${heartbeat}) must be less than session.timeout.ms (${session}): a third of it is usual`,
    );
  }
}
