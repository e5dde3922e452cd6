import { ConfigurationError, UnavailableError } from "../../core/errors.ts";
import { registerSecretsIn } from "../../core/secret.ts";
import type { Tools } from "../shared/tools.ts";
import { answerOf } from "./ready.ts";

const PATIENCE_MS = 10_000;

/** A PostgreSQL that runs elsewhere. */
export interface External {
  /** With its password. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

/**
 * The PostgreSQL that DATAPY_POSTGRES names: it is used and left alone. Throws a `ConfigurationError`, which does not show
 * the text, where it is no such url.
 */
export function externalPostgres(tools: Tools): External | undefined {
  const url = tools.env("DATAPY_POSTGRES")?.trim();
  if (url === undefined) return undefined;
  registerSecretsIn("DATAPY_POSTGRES", url);
  const match = /^postgres(?:ql)?:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/?#,]+)(?::(\d+))?(?:[/?]|$)/.exec(url);
  const [, host, port] = match ?? [];
  if (host !== undefined) return { url, host: host.replace(/^\[|\]$/g, ""), port: Number(port ?? 5432) };
  throw new ConfigurationError(
    "DATAPY_POSTGRES is not a url of PostgreSQL: expected postgres://user:password@host:port/database",
  );
}

/** Resolves when an external server answers. Rejects with an `UnavailableError` after ten seconds. */
export async function untilExternalAnswers(tools: Tools, { host, port }: External): Promise<void> {
  const deadline = tools.clock.now() + PATIENCE_MS;
  while (await answerOf(tools.ports, host, port) !== "ready") {
    if (tools.clock.now() > deadline) {
      throw new UnavailableError(
        `Cannot use the PostgreSQL that DATAPY_POSTGRES names: nothing at ${host}:${port} answers as PostgreSQL does; ` +
          "start it, or unset DATAPY_POSTGRES to have one started",
      );
    }
    await tools.clock.sleep(200);
  }
}
