/** What happens to the process as a whole; passed in so that tests can make it happen. */
export interface ProcessEvents {
  /** Calls back with an error that nobody handled, thrown or rejected; Deno then neither prints it nor ends the process. */
  onUncaught(callback: (error: unknown) => void): Disposable;
  /** Calls back, once, when nothing is left that could go on; the process then stays for what the callback begins. */
  onIdle(callback: () => void): Disposable;
}

/** The events of this process. */
export const processEvents: ProcessEvents = {
  onUncaught(callback) {
    const rejected = (event: PromiseRejectionEvent) => {
      event.preventDefault();
      callback(event.reason);
    };
    const thrown = (event: ErrorEvent) => {
      event.preventDefault();
      callback(event.error);
    };
    globalThis.addEventListener("unhandledrejection", rejected);
    globalThis.addEventListener("error", thrown);
    return {
      [Symbol.dispose]() {
        globalThis.removeEventListener("unhandledrejection", rejected);
        globalThis.removeEventListener("error", thrown);
      },
    };
  },
  onIdle(callback) {
    const idle = (event: Event) => {
      event.preventDefault();
      globalThis.removeEventListener("beforeunload", idle);
      callback();
    };
    globalThis.addEventListener("beforeunload", idle);
    return { [Symbol.dispose]: () => globalThis.removeEventListener("beforeunload", idle) };
  },
};
