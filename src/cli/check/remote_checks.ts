import { errorText, kindOf } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest.ts";
import { maskSecrets } from "../../core/secret.ts";
import type { KafkaAdmin, TopicInfo } from "../../kafka/admin.ts";
import type { CliContext } from "../context.ts";
import { warningsTo } from "../kafka_session.ts";
import { checkText } from "../text/check.ts";
import { consumersOf } from "./local_checks.ts";
import type { CheckName, DatabaseSettings, Finding, Plan } from "./report.ts";

/** Kafka, as the job will find it: the connection, its topics, its group. */
export async function checkKafka(
  context: CliContext,
  plan: Plan,
  options: { readonly offline: boolean; readonly timeoutMs: number },
): Promise<readonly Finding[]> {
  const connectors = plan.calls.flatMap(({ call }) => call.kind === "connector" ? [call.params] : []);
  if (connectors.length === 0) {
    return plan.end === "complete"
      ? [{ check: "connection", status: "skipped", message: checkText.connection.none }]
      : [];
  }
  if (options.offline) return skipped(["connection", "topics", "group"], checkText.connection.offline);
  const findings: Finding[] = [];
  const distinct = [...new Map(connectors.map((params) => [JSON.stringify(params), params])).values()];
  for (const params of distinct) {
    try {
      const log = warningsTo(context);
      const connection = await context.checks.connection(params, log);
      const admin = await context.brokers.openAdmin(connection.config, { timeoutMs: options.timeoutMs, log });
      try {
        const { bootstrap_servers: brokers, security_protocol: protocol } = connection;
        findings.push({
          check: "connection",
          status: "ok",
          message: checkText.connection.ok(brokers, protocol),
        });
        // which topics and groups belong to which of several connections is not known
        if (distinct.length === 1) {
          findings.push(...await checkTopics(admin, plan), ...await checkGroups(admin, plan));
        }
      } finally {
        await admin.close();
      }
    } catch (error) {
      const check = findings.some((one) => one.check === "connection") && distinct.length === 1
        ? "topics"
        : "connection";
      findings.push(failed(check, error));
      if (check === "connection") {
        findings.push(...skipped(["topics", "group"], checkText.connection.unconnected));
      }
    }
  }
  return findings;
}

async function checkTopics(admin: KafkaAdmin, plan: Plan): Promise<readonly Finding[]> {
  const produced = plan.calls.flatMap(({ call }) => call.kind === "producer" ? [call.topic] : []);
  const consumed = consumersOf(plan).flatMap(({ topics }) => topics);
  const wanted = [...new Set([...consumed, ...produced, ...plan.topics])];
  if (wanted.length === 0) return [{ check: "topics", status: "skipped", message: checkText.topics.none }];
  const present = (await admin.topics()).filter(({ isInternal }: TopicInfo) => !isInternal).map(({ name }) =>
    name
  );
  const missing = wanted.filter((topic) => !present.includes(topic));
  if (missing.length === 0) return [{ check: "topics", status: "ok", message: checkText.topics.ok(wanted) }];
  return missing.map((topic) => ({
    check: "topics",
    status: "wrong",
    message: checkText.topics.wrong(topic, didYouMean(topic, present)),
  }));
}

async function checkGroups(admin: KafkaAdmin, plan: Plan): Promise<readonly Finding[]> {
  const groups = [...new Set(consumersOf(plan).map(({ group }) => group))];
  if (groups.length === 0) return [{ check: "group", status: "skipped", message: checkText.group.none }];
  return await Promise.all(groups.map(async (id): Promise<Finding> => {
    try {
      const { members } = await admin.group(id);
      if (members.length === 0) return { check: "group", status: "ok", message: checkText.group.free(id) };
      const named = members.map(({ clientId, host }) => `${clientId} at ${host.replace(/^\//, "")}`);
      return { check: "group", status: "note", message: checkText.group.busy(id, named) };
    } catch (error) {
      return failed("group", error);
    }
  }));
}

/** The databases that the job names. */
export async function checkDatabases(
  context: CliContext,
  plan: Plan,
  options: { readonly offline: boolean; readonly timeoutMs: number },
): Promise<readonly Finding[]> {
  const planned = plan.calls.flatMap(({ call }) => call.kind === "database" ? [call.settings] : []);
  const databases = new Map<string, DatabaseSettings>();
  for (const one of [...planned, ...plan.databases]) {
    databases.set(one.url, { ...databases.get(one.url), ...one });
  }
  if (databases.size === 0) {
    return plan.end === "complete"
      ? [{ check: "database", status: "skipped", message: checkText.database.none }]
      : [];
  }
  return await Promise.all([...databases.values()].map(async (settings): Promise<Finding> => {
    const shown = maskSecrets(settings.url);
    const isFile = settings.url.startsWith("duckdb:");
    if (options.offline && !isFile) {
      return { check: "database", status: "skipped", message: checkText.database.offline(shown) };
    }
    try {
      const bound = isFile ? {} : { connect_timeout_s: options.timeoutMs / 1000 };
      await context.checks.database({ ...bound, ...settings });
      return { check: "database", status: "ok", message: checkText.database.ok(shown) };
    } catch (error) {
      return failed("database", error);
    }
  }));
}

function failed(check: CheckName, error: unknown): Finding {
  const status = kindOf(error) === "unavailable" ? "unreachable" : "wrong";
  return { check, status, message: errorText(error) };
}

function skipped(checks: readonly CheckName[], message: string): Finding[] {
  return checks.map((check) => ({ check, status: "skipped", message }));
}
