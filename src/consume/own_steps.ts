import type { Link } from "./link.ts";
import type { Reading } from "./reading.ts";
import type { WatchedStep } from "./watchdog.ts";

/**
 * All steps of a consumer's own that are under way: those of its session, and those between the session and the
 * processor. What a processor, a back-off or a dead letter does is none of them.
 */
export function ownSteps(
  link: Link,
  { dispatcher, assignments }: Pick<Reading, "dispatcher" | "assignments">,
): readonly WatchedStep[] {
  const { commit } = link;
  const steps: WatchedStep[] = [...link.underWay()];
  if (commit !== undefined) steps.push(commit);
  if (link.isOpen && dispatcher.couldHandOut) {
    const waitsFor = "a message that was read to reach the processor";
    steps.push({ id: "hand out", step: "hand out", waitsFor, moves: dispatcher.handedOut });
  }
  for (const { topic, partition, epoch } of assignments.starved) {
    const waitsFor = `${topic}[${partition}] to be read on, of which nothing waits here`;
    steps.push({ id: `resume ${epoch}`, step: "fetch", waitsFor, moves: 0 });
  }
  if (commit !== undefined || link.outage !== undefined) return steps; // that is what they wait for
  for (const { place, vitals } of dispatcher.inFlight) {
    if (vitals.stage !== "commit") continue;
    const waitsFor = `a commit after ${place}, which nobody has asked for`;
    steps.push({ id: `commit ${place}`, step: "commit", waitsFor, moves: vitals.since });
  }
  return steps;
}
