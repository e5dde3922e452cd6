/** The signals that ask a process to stop: SIGTERM from Docker and Kubernetes, SIGINT from Ctrl+C. */
export type StopSignal = "SIGTERM" | "SIGINT";

/** Where signals come from, passed in so that tests can send them. */
export interface SignalSource {
  /** Calls back at each signal until it is disposed. */
  onSignal(signal: StopSignal, callback: () => void): Disposable;
}

/** The signals of this process. Windows knows SIGINT only. */
export const processSignals: SignalSource = {
  onSignal(signal, callback) {
    if (Deno.build.os === "windows" && signal === "SIGTERM") return { [Symbol.dispose]() {} };
    Deno.addSignalListener(signal, callback);
    return { [Symbol.dispose]: () => Deno.removeSignalListener(signal, callback) };
  },
};
