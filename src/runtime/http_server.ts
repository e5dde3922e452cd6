/** A request, as far as our own answers look at it. */
export interface HttpRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly accept: string | null;
}

/** An answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** Takes no more requests, and lets go of the port. Never rejects. */
  close(): Promise<void>;
}

/** HTTP for a job's own answers, passed in so that tests need no port. */
export interface HttpServer {
  /** Listens on all addresses of this machine, without keeping the process alive; port 0 is any that is free. Throws where the port cannot be had. */
  listen(port: number, answer: (request: HttpRequest) => HttpAnswer): Listening;
}

/** How long answers that are under way may take when the server closes, in milliseconds. */
const CLOSE_MS = 500;

/** HTTP by Deno. */
export const systemHttp: HttpServer = {
  listen(port, answer) {
    const server = serve(port, (request) => {
      const { status, contentType, body, headers } = answer({
        method: request.method,
        path: new URL(request.url).pathname,
        accept: request.headers.get("accept"),
      });
      const head = { "content-type": contentType, "cache-control": "no-store", ...headers };
      return new Response(request.method === "HEAD" ? null : body, { status, headers: head });
    });
    server.unref(); // a job that waits for nothing ends, whoever may still ask how it is
    return {
      port: server.addr.port,
      async close() {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const late = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSE_MS));
        await Promise.race([server.shutdown().catch(() => {}), late]);
        clearTimeout(timer);
      },
    };
  },
};

function serve(port: number, handler: (request: Request) => Response): Deno.HttpServer<Deno.NetAddr> {
  const quiet = { port, onListen() {} };
  try {
    return Deno.serve({ ...quiet, hostname: "::" }, handler); // IPv4 as well, on the systems that jobs run on
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) throw error;
    return Deno.serve({ ...quiet, hostname: "0.0.0.0" }, handler); // a machine without IPv6
  }
}
