import { z } from "../../deps/zod.ts";

/** What a container host is asked to start. */
export const HostRequest = z.strictObject({
  image: z.string(),
  ports: z.array(z.strictObject({ container: z.number(), host: z.number() })),
  /** What the container is told to run; empty for what the image says. */
  command: z.array(z.string()),
  /** What runs that command; left out for what the image says. */
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  /** The one of the labels that finds this container and no other. */
  ownLabel: z.string(),
  startTimeoutMs: z.number(),
  /** A regular expression that the container's log fulfils when it has started, and how many times it must. */
  readyLog: z.string(),
  readyLogTimes: z.number(),
  /** True: the host ends when the container runs. False: the host stays, and removes it when its input ends. */
  detached: z.boolean(),
});
export type HostRequest = z.infer<typeof HostRequest>;

/** What a container host answers, one line of JSON. */
export const HostAnswer = z.union([
  z.strictObject({ id: z.string() }),
  z.strictObject({ problem: z.string(), log: z.string() }),
]);
export type HostAnswer = z.infer<typeof HostAnswer>;
