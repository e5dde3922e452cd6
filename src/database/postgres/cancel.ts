import type { Pg, PgClient, PgStream } from "./library.ts";
import type { Location } from "./location.ts";
import type { TlsOptions } from "./tls.ts";

/**
 * Asks the server to give up what a session does. It goes over a connection of its own, on which the server answers nothing;
 * whoever asks drops it when the session's statement has ended.
 */
export function requestCancel(
  pg: Pg,
  { processID, secretKey }: PgClient,
  { host, port }: Location,
  tls: TlsOptions,
): Pick<PgStream, "destroy"> {
  const connection = new pg.Connection({ ssl: tls });
  const send = () => processID !== null && connection.cancel(processID, secretKey);
  connection.on("error", () => {}); // then the session's connection is dropped
  connection.on("connect", () => tls === false ? send() : connection.requestSsl());
  connection.on("sslconnect", send);
  connection.connect(port, host);
  return { destroy: () => connection.stream.destroy() };
}
