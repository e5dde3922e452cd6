import type { Dispatcher } from "./dispatcher.ts";
import type { Link } from "./link.ts";
import type { WatchedStep } from "./watchdog.ts";

/**
 * All steps of a consumer's own that are under way: those of its session, and those between the session and the
 * processor. What a processor, a back-off or a dead letter does is none of them.
 */
export function ownSteps(link: Link, dispatcher: Dispatcher): readonly WatchedStep[] {
  const { commit } = link;
  const steps: WatchedStep[] = [...link.underWay()];
  if (commit !== undefined) steps.push(commit);
  if (link.isOpen && dispatcher.couldHandOut) {
    const waitsFor = "a message that was read to reach the processor";
    steps.push({ id: "hand out", step: "hand out", waitsFor, moves: dispatcher.handedOut });
  }
  if (commit !== undefined || link.outage !== undefined) return steps; // that is what they wait for
  for (const { place, vitals } of dispatcher.inFlight) {
    if (vitals.stage !== "commit") continue;
    const waitsFor = `a commit after ${place}, which nobody has asked for`;
    steps.push({ id: `commit ${place}`, step: "commit", waitsFor, moves: vitals.since });
  }
  return steps;
}
